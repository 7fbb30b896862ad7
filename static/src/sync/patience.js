/** Waiting between tries, and being woken from it. */

const FIRST_MS = 2_000;
const LONGEST_MS = 5 * 60_000;

/**
 * Doubling waits with jitter, so that fifty phones do not come back in one breath.
 * @param {number} failures in a row, from 1
 * @param {() => number} random 0 to below 1
 * @returns {number} milliseconds
 */
export function backoffMs(failures, random) {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.round(full * (0.5 + random() / 2));
}

/** What failed, each with its own wait until it is tried again. */
export class Tries {
  /** @type {Map<string, {failures: number, notBefore: number}>} */
  #failed = new Map();

  /** @param {() => number} random 0 to below 1 */
  constructor(random) {
    this.random = random;
  }

  /** @param {string} what @param {number} now milliseconds */
  failed(what, now) {
    const failures = (this.#failed.get(what)?.failures ?? 0) + 1;
    this.#failed.set(what, { failures, notBefore: now + backoffMs(failures, this.random) });
  }

  /** @param {string} what */
  done(what) {
    this.#failed.delete(what);
  }

  /** @param {string} what @param {number} now milliseconds */
  may(what, now) {
    return (this.#failed.get(what)?.notBefore ?? 0) <= now;
  }

  /** Nothing waits any more; what failed is still known. */
  now() {
    this.#failed.forEach((tried) => (tried.notBefore = 0));
  }

  /** @param {number} now milliseconds @param {number} most @returns {number} milliseconds until something may be tried again */
  soonest(now, most) {
    return Math.min(most, ...[...this.#failed.values()].map(({ notBefore }) => Math.max(0, notBefore - now)));
  }
}

/** A wait that can be cut short. A ring while nobody waits is kept for the next wait. */
export class Bell {
  #rung = false;
  /** @type {(() => void) | null} */
  #wake = null;

  ring() {
    this.#rung = true;
    this.#wake?.();
  }

  /** @param {number} ms @returns {Promise<void>} */
  async wait(ms) {
    if (!this.#rung) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
    }
    this.#wake = null;
    this.#rung = false;
  }
}
