/**
 * A take as a source for tus-js-client while it is still being filmed: a read waits until enough bytes are on disk or the
 * take is closed.
 */
import { readRange, takeState } from '../store/evidence.js';
import { onTakeChange } from '../store/take_changes.js';

/** While filming, a PATCH of less than this is not worth its request... */
const WORTH_SENDING = 256 * 1024;
/** ...unless that is all there has been for this long. */
const LONG_ENOUGH_MS = 10_000;
/** Another tab's news may be lost with that tab. */
const LOOK_AGAIN_MS = 2_000;

/** The wait was given up. */
export class SourceClosed extends Error {}

export class GrowingSource {
  #given = new AbortController();
  /** tus asks for it; never known while filming. @type {number} */
  size = /** @type {any} */ (null);

  /**
   * @param {string} takeId
   * @param {{worthSending?: number, longEnoughMs?: number}} [limits]
   */
  constructor(takeId, { worthSending = WORTH_SENDING, longEnoughMs = LONG_ENOUGH_MS } = {}) {
    this.takeId = takeId;
    this.worthSending = worthSending;
    this.longEnoughMs = longEnoughMs;
  }

  /**
   * @param {number} start
   * @param {number} end at most
   * @returns {Promise<{value: import('./tus_stack.js').Piece | null, done: boolean}>} `done`: the take ends here
   */
  async slice(start, end) {
    const { bytes, closed } = await this.#enough(start, end);
    const stop = Math.min(end, bytes);
    const done = closed && stop === bytes;
    if (stop <= start) return { value: null, done };
    const buffer = await readRange(this.takeId, start, stop);
    return { value: { size: buffer.byteLength, bytes: new Uint8Array(buffer) }, done };
  }

  close() {
    this.#given.abort();
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {Promise<{bytes: number, closed: boolean}>}
   */
  async #enough(start, end) {
    const wanted = Math.min(end - start, this.worthSending);
    let patient = true;
    const timer = setTimeout(() => (patient = false), this.longEnoughMs);
    try {
      for (;;) {
        const change = this.#nextChange();
        const state = await takeState(this.takeId);
        if (this.#given.signal.aborted || !state) throw new SourceClosed(this.takeId);
        const ready = state.bytes - start;
        if (state.closed || ready >= wanted || (!patient && ready > 0)) return state;
        await change;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns {Promise<void>} when the take grew, was closed, the wait was given up, or it is time to look again */
  #nextChange() {
    return new Promise((resolve) => {
      const finish = () => {
        off();
        clearTimeout(timer);
        this.#given.signal.removeEventListener('abort', finish);
        resolve();
      };
      const off = onTakeChange((takeId) => takeId === this.takeId && finish());
      const timer = setTimeout(finish, Math.min(LOOK_AGAIN_MS, this.longEnoughMs));
      this.#given.signal.addEventListener('abort', finish);
    });
  }
}
