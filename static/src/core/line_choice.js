/** Whether films, the only large things, may use the line that there is now. Records and photos always may. Pure. */

/** `type` as in navigator.connection, where a browser tells it. @typedef {{type?: string, saveData?: boolean}} Connection */

/**
 * @param {{choice: 'any' | 'wifi', sendNow: boolean, connection: Connection | null}} now `choice`: the worker's; `sendNow`:
 *   the worker asked for it this time
 * @returns {boolean}
 */
export function filmsMayGo({ choice, sendNow, connection }) {
  if (choice === 'any' || sendNow) return true;
  // A browser that does not say what line it has cannot be told to wait for another: the worker's tap decides.
  return connection?.type === 'wifi' || connection?.type === 'ethernet';
}
