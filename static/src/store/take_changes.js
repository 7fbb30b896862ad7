/** Tells whoever waits, in this tab and others, that a take has grown or was closed. */

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('dockproof-takes');
/** @type {Set<(takeId: string) => void>} */
const listeners = new Set();

channel?.addEventListener('message', ({ data }) => tell(String(data)));

/** @param {string} takeId */
function tell(takeId) {
  for (const listener of listeners) listener(takeId);
}

/** @param {string} takeId */
export function tellTakeChange(takeId) {
  tell(takeId);
  channel?.postMessage(takeId);
}

/**
 * @param {(takeId: string) => void} listener
 * @returns {() => void} stops listening
 */
export function onTakeChange(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
