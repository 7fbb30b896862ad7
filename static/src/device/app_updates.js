/** The service worker from the page's side: registered, and a new version offered instead of taken. */

/**
 * Registers `/sw.js`. A waiting version is told once; the page reloads when it takes over after consent.
 * @param {() => void} onReady a new version waits
 * @returns {Promise<void>}
 */
export async function registerUpdates(onReady) {
  if (!('serviceWorker' in navigator)) return;
  /** @type {ServiceWorkerRegistration} */
  let registration;
  try {
    registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  } catch {
    // A bad certificate or a private window: the app works, but needs the network.
    return;
  }
  const hadOne = Boolean(navigator.serviceWorker.controller);
  if (registration.waiting && hadOne) onReady();
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing;
    fresh?.addEventListener('statechange', () => {
      if (fresh.state === 'installed' && navigator.serviceWorker.controller) onReady();
    });
  });
}

/** The person agreed: the waiting version takes over and the page starts anew with it. @returns {Promise<void>} */
export async function useNewVersion() {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration?.waiting) {
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  registration.waiting.postMessage('use-new-version');
}
