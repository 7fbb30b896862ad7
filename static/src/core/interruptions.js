/** What broke into a take, and for how long, from its events. Pure. */

/**
 * `ms` since the take's mono start; `long` in milliseconds, null: until the end of the take.
 * @typedef {{what: 'hidden' | 'audio' | 'video' | 'stalled', ms: number, long: number | null}} Interruption
 */

/**
 * @param {readonly import('./events.js').TakeEvent[]} events in order
 * @returns {Interruption[]} in the order in which they began
 */
export function interruptionsOf(events) {
  /** @type {Interruption[]} */
  const found = [];
  /** @param {Interruption['what']} what @param {number} ms */
  const begin = (what, ms) => {
    if (!found.some((one) => one.what === what && one.long === null)) found.push({ what, ms, long: null });
  };
  /** @param {Interruption['what']} what @param {number} ms */
  const end = (what, ms) => {
    const open = found.find((one) => one.what === what && one.long === null);
    if (open) open.long = ms - open.ms;
  };
  for (const event of events) {
    if (event.type === 'hidden') begin('hidden', event.ms);
    else if (event.type === 'visible') end('hidden', event.ms);
    else if (event.type === 'mute' || event.type === 'ended') begin(event.track, event.ms);
    else if (event.type === 'unmute') end(event.track, event.ms);
    else if (event.type === 'stalled') found.push({ what: 'stalled', ms: Math.max(0, event.ms - event.for), long: event.for });
  }
  return found.sort((a, b) => a.ms - b.ms);
}
