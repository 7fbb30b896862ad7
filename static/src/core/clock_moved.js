/** Whether somebody set the phone's clock while it was in use. The server looks for the same between records. Pure. */

const DRIFT_MS = 2_000;
const APART_MS = 5_000;

/** One look at all clocks: epoch ms, ms since the page began, the last measured offset. @typedef {{wall: number, mono: number, offset: import('./receipt_time.js').Offset | null}} Look */

/**
 * Wall time that runs ahead of monotonic time says nothing, for the phone may have slept; then the next measurement of the
 * offset tells.
 * @param {Look} before
 * @param {Look} now of the same page session
 * @returns {number | null} milliseconds by which the clock was set, forward or back; null: it was not, as far as known
 */
export function clockMoved(before, now) {
  if (before.offset && now.offset) {
    const apart = now.offset.ms - before.offset.ms;
    if (Math.abs(apart) > APART_MS + before.offset.pm + now.offset.pm) return -apart;
  }
  const slipped = now.wall - now.mono - (before.wall - before.mono);
  return slipped < -DRIFT_MS ? slipped : null;
}
