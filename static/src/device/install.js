/**
 * The app on the home screen: there a browser keeps what is stored. Told by what this browser offers, never by its name.
 */

/** @typedef {'installed' | 'prompt' | 'share' | 'menu' | 'none'} Install */

/** @type {(Event & {prompt: () => Promise<{outcome: string}>}) | null} */
let offered = null;

/** Listens from the start: the browser offers once, early. @param {() => void} onChange */
export function watchInstall(onChange) {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offered = /** @type {any} */ (event);
    onChange();
  });
  addEventListener('appinstalled', () => {
    offered = null;
    onChange();
  });
}

/**
 * `prompt`: the browser installs at a tap. `share`: it says whether it is installed and has no prompt: its share menu does
 * it. `menu`: perhaps its own menu. `none`: it cannot work without a network, so a home screen gains nothing.
 * @returns {Install}
 */
export function installState() {
  const standalone = /** @type {{standalone?: boolean}} */ (navigator).standalone;
  if (standalone === true || matchMedia('(display-mode: standalone)').matches) return 'installed';
  if (offered) return 'prompt';
  if (standalone === false) return 'share';
  return 'serviceWorker' in navigator ? 'menu' : 'none';
}

/** @returns {Promise<boolean>} whether the person agreed */
export async function install() {
  const event = offered;
  offered = null;
  return (await event?.prompt())?.outcome === 'accepted';
}

/** @returns {Promise<boolean | null>} whether the browser promised not to evict what is stored; null: it does not say */
export async function storageIsKept() {
  try {
    return (await navigator.storage?.persisted?.()) ?? null;
  } catch {
    return null;
  }
}
