/** Watches the phone's clock during a shift. What it finds is shown to the worker; the records say it to the server. */
import { clockMoved } from '../core/clock_moved.js';
import { mono, wall } from '../device/clock.js';
import { getSetting, putSetting } from '../store/settings.js';

const EVERY_MS = 15_000;

/** @typedef {import('../core/clock_moved.js').Look} Look */

/** @returns {Promise<Look>} */
async function look() {
  const offset = await getSetting('offset');
  return { wall: wall(), mono: mono(), offset: offset && { ms: offset.ms, pm: offset.pm } };
}

/**
 * @param {Look} before
 * @param {Look} now
 * @returns {Promise<Look>} what the next look is compared with
 */
export async function compareClocks(before, now) {
  const ms = clockMoved(before, now);
  // A measurement of the old clock would accuse the new one again.
  if (ms !== null) await putSetting('clockMoved', { ms, at: now.wall });
  return { ...now, offset: now.offset ?? before.offset };
}

/** @param {() => void} onMoved @returns {() => void} stops watching */
export function watchClock(onMoved) {
  /** @type {Look | null} */
  let before = null;
  const step = async () => {
    const now = await look();
    const told = await getSetting('clockMoved');
    before = before ? await compareClocks(before, now) : now;
    if ((await getSetting('clockMoved'))?.at !== told?.at) onMoved();
  };
  const timer = setInterval(() => void step().catch(() => undefined), EVERY_MS);
  void step().catch(() => undefined);
  return () => clearInterval(timer);
}
