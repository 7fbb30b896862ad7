/** What this phone knew, when a film began, of the count that it goes on with: the snapshot tells it no longer afterwards. */
import { getSetting, putSetting } from './settings.js';

/** Older ones are on the server with their films. */
const MOST = 60;

/**
 * `names`: who counted the films before this one, the first one first; empty: not known. `units` by line id, of all of
 * them; null: nobody has said how many. `endedMs`: when the last of them ended, epoch milliseconds.
 * `recounted`: within this film everything was counted anew from 0.
 * @typedef {{names: string[], units: [string, number][] | null, endedMs: number | null, recounted?: boolean}} Continued
 */

/** @param {string} takeId @returns {Promise<Continued | null>} null: it began by itself */
export async function continuedOf(takeId) {
  return (await getSetting('continued'))?.[takeId] ?? null;
}

/** @param {string} takeId @param {Continued} continued @returns {Promise<void>} */
export async function keepContinued(takeId, continued) {
  const { [takeId]: _before, ...rest } = (await getSetting('continued')) ?? {};
  const kept = Object.entries(rest).slice(-MOST + 1);
  await putSetting('continued', Object.fromEntries([...kept, [takeId, continued]]));
}

/**
 * Units of a whole count: a film's own and those it goes on from.
 * @param {ReadonlyMap<string, number>} own by line
 * @param {Continued | null} continued
 * @returns {Map<string, number> | null} null: cannot be said here
 */
export function wholeUnits(own, continued) {
  if (!continued || continued.recounted) return new Map(own);
  if (!continued.units) return null;
  const whole = new Map(continued.units);
  for (const [line, units] of own) whole.set(line, (whole.get(line) ?? 0) + units);
  return whole;
}

/**
 * Units of a whole count whose last film is this phone's.
 * @param {string} take its take-open record
 * @param {ReadonlyMap<string | null | undefined, import('../core/record.js').RecordFields>} closed this phone's closing records by take
 * @param {ReadonlyMap<string, string>} before film → the film whose count it goes on with
 * @returns {Promise<Map<string, number> | null>} null: cannot be said here
 */
export async function wholeCount(take, closed, before) {
  const tally = closed.get(take)?.tally;
  if (!tally) return null;
  const own = new Map(tally.map(({ line, units }) => [line, units]));
  const [continued, of] = [await continuedOf(take), before.get(take)];
  if (continued || !of) return wholeUnits(own, continued);
  // Filmed by an app that kept nothing yet: its first part is known here when it was filmed here.
  const rest = new Map([...before].filter(([next]) => next !== take));
  const earlier = await wholeCount(of, closed, rest);
  return earlier && wholeUnits(own, { names: [], units: [...earlier], endedMs: null });
}
