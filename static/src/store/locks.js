/** Web Locks across tabs; where a browser has none, one queue within this page. */

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map();

/**
 * Runs `work` alone under a name, waiting for its turn.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {AbortSignal} [signal] gives the wait up, not the work
 * @returns {Promise<T>}
 */
export async function withLock(name, work, signal) {
  const locks = globalThis.navigator?.locks;
  if (locks) return locks.request(`dockproof-${name}`, signal ? { signal } : {}, work);
  const before = queues.get(name) ?? Promise.resolve();
  const turn = before.then(work, work);
  queues.set(name, turn.catch(() => undefined));
  return turn;
}

/** @type {Set<string>} */
const held = new Set();

/**
 * Takes a lock at once or not at all.
 * @param {string} name
 * @returns {Promise<(() => Promise<void>) | null>} lets go, and resolves when it is free; null: somebody else holds it
 */
export function tryLock(name) {
  const locks = globalThis.navigator?.locks;
  if (!locks) {
    if (held.has(name)) return Promise.resolve(null);
    held.add(name);
    return Promise.resolve(async () => void held.delete(name));
  }
  return new Promise((resolve, reject) => {
    const ended = locks.request(`dockproof-${name}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((end) => {
        resolve(() => {
          end(undefined);
          return ended.then(() => undefined);
        });
      });
    });
    ended.catch(reject);
  });
}
