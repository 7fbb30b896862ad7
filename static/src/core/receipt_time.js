/** The device's clock brought to the server's. No deadline counts from the device's clock alone. */

/** The device clock's distance to the server's as last measured. @typedef {{ms: number, pm: number}} Offset */

/**
 * @param {number} ms epoch milliseconds by the device
 * @param {Offset | null} offset `ms` to add, known to ± `pm`
 * @returns {{ms: number, pm: number} | null} epoch milliseconds by the server, ± pm; null while never measured
 */
export function deviceToServer(ms, offset) {
  return offset ? { ms: ms + offset.ms, pm: offset.pm } : null;
}

/**
 * One measurement: the server read its clock somewhere between our asking and its answer.
 * @param {number} serverMs what the server's body said
 * @param {number} answeredMs device epoch milliseconds when the answer was there
 * @param {number} roundTripMs by the monotonic clock, so that a clock set meanwhile does not enter
 * @returns {Offset}
 */
export function measureOffset(serverMs, answeredMs, roundTripMs) {
  const half = roundTripMs / 2;
  return { ms: Math.round(serverMs - (answeredMs - half)), pm: Math.ceil(half) + 1 };
}

/**
 * Whether a new measurement replaces the kept one: it is sharper, the kept one is old, or the two cannot both be true
 * (the phone's clock was set).
 * @param {(Offset & {at: number}) | null} kept `at` device epoch milliseconds
 * @param {Offset} fresh
 * @param {number} now device epoch milliseconds
 * @returns {boolean}
 */
export function isBetterOffset(kept, fresh, now) {
  if (!kept) return true;
  const apart = Math.abs(kept.ms - fresh.ms) > kept.pm + fresh.pm;
  return apart || fresh.pm <= kept.pm || Math.abs(now - kept.at) > 10 * 60_000;
}
