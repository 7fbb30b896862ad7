/** Lines that say why a step is asked: a worker who has seen one three times knows it, and it folds away. */
import { getSetting, putSetting } from './settings.js';

const ENOUGH = 3;

/**
 * @param {string} worker id
 * @returns {Promise<Set<string>>} the names of those that this worker knows
 */
export async function knownWhys(worker) {
  const seen = (await getSetting('whySeen'))?.[worker] ?? {};
  return new Set(Object.keys(seen).filter((name) => (seen[name] ?? 0) >= ENOUGH));
}

/** @type {Promise<void>} One after the other: each reads what the one before wrote. */
let writing = Promise.resolve();

/**
 * @param {string} worker id
 * @param {string} name of the line, e.g. `take.label`
 * @returns {Promise<void>} never rejects: a line that is shown once more does no harm
 */
export function noteWhy(worker, name) {
  writing = writing
    .then(async () => {
      const all = (await getSetting('whySeen')) ?? {};
      const own = all[worker] ?? {};
      if ((own[name] ?? 0) < ENOUGH) await putSetting('whySeen', { ...all, [worker]: { ...own, [name]: (own[name] ?? 0) + 1 } });
    })
    .catch(() => undefined);
  return writing;
}
