/** Keeps the screen on during a take, where the browser can; a locked phone ends a take. */

/**
 * @typedef {object} AwakeHold
 * @property {boolean} held false where the browser refused or cannot: the screen says so
 * @property {() => Promise<void>} release
 */

/**
 * Holds the screen awake until released; takes the lock again after the page was hidden, since browsers drop it then.
 * @returns {Promise<AwakeHold>}
 */
export async function holdAwake() {
  if (!('wakeLock' in navigator)) return { held: false, release: async () => undefined };
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let wanted = true;
  const take = async () => {
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch {
      lock = null;
    }
  };
  const again = () => {
    if (wanted && document.visibilityState === 'visible') void take();
  };
  await take();
  document.addEventListener('visibilitychange', again);
  return {
    held: lock !== null,
    async release() {
      wanted = false;
      document.removeEventListener('visibilitychange', again);
      await lock?.release().catch(() => undefined);
    },
  };
}
