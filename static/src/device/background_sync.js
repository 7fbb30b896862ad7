/** Background Sync, where a browser has it: the service worker is woken when a line is there, even with the app closed. */

export const TAG = 'dockproof-send';

/** @returns {Promise<boolean>} whether the browser will wake the service worker */
export async function askForBackgroundSync() {
  try {
    const registration = await globalThis.navigator?.serviceWorker?.getRegistration();
    const sync = /** @type {any} */ (registration)?.sync;
    if (!sync) return false;
    await sync.register(TAG);
    return true;
  } catch {
    // Refused by the person's settings: timers and `online` remain.
    return false;
  }
}
