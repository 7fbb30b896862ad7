/**
 * Brings everything to the server: one runner across tabs, records in order first, then bytes. It goes on at `online`, at
 * a poke and by the clock; only the server's own answers say that it is there.
 */
import { wall } from '../device/clock.js';
import { withLock } from '../store/locks.js';
import { snapshotAt } from '../store/snapshot.js';
import { ApiError, NotEnrolled, Offline } from './errors.js';
import { backoffMs, Bell } from './patience.js';
import { refreshSnapshot, topUpChallenges } from './refresh.js';
import { sendPending } from './send_records.js';
import { letGo, nextTake, NotVerifiedYet, sendTake } from './send_takes.js';
import { noteState, onState, whenPoked } from './sync_state.js';

export { captures } from './captures.js';
export { onState, poke } from './sync_state.js';

/** @typedef {import('./sync_state.js').SyncState} SyncState */
/** @typedef {import('./captures.js').Capture} Capture */

const IDLE_MS = 60_000;
const REFRESH_EVERY_MS = 10 * 60_000;

/**
 * @param {{onState?: (state: SyncState) => void, random?: () => number}} [options] `random`: 0 to below 1, for jitter
 * @returns {{stop: () => Promise<void>}} `stop` resolves when nothing is under way any more
 */
export function startSync({ onState: listener, random = Math.random } = {}) {
  const off = listener ? onState(listener) : () => undefined;
  const runner = new Runner(random);
  whenPoked(() => runner.ring());
  const online = () => runner.ring();
  globalThis.addEventListener?.('online', online);
  const ended = withLock('sync', () => runner.run(), runner.signal).catch((error) => {
    if (error?.name !== 'AbortError') throw error;
  });
  return {
    stop: async () => {
      globalThis.removeEventListener?.('online', online);
      runner.stop();
      await ended;
      off();
    },
  };
}

class Runner {
  #control = new AbortController();
  #records = new Bell();
  #bytes = new Bell();
  #failures = 0;
  /** @type {Map<string, {failures: number, notBefore: number}>} */
  #takes = new Map();
  #sending = 0;

  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
  }

  get signal() {
    return this.#control.signal;
  }

  ring() {
    this.#records.ring();
    this.#tryTakesNow();
  }

  #tryTakesNow() {
    this.#takes.forEach((tried) => (tried.notBefore = 0));
    this.#bytes.ring();
  }

  stop() {
    this.#control.abort();
    this.ring();
  }

  /** @returns {Promise<void>} */
  async run() {
    await Promise.all([this.#runRecords(), this.#runBytes()]);
  }

  async #runRecords() {
    while (!this.signal.aborted) {
      await this.#records.wait(await this.#recordsTurn());
    }
  }

  /** @returns {Promise<number>} milliseconds until the next turn */
  async #recordsTurn() {
    try {
      const sent = await this.#busy(() => sendPending(() => void noteState({ online: true })));
      if (sent) this.#tryTakesNow();
      await this.#refreshWhenDue(sent > 0);
      this.#failures = 0;
      return IDLE_MS;
    } catch (error) {
      this.#failures += 1;
      await this.#noteFailure(error);
      return error instanceof NotEnrolled ? IDLE_MS : backoffMs(this.#failures, this.random);
    }
  }

  /** @param {boolean} spoke whether the server has just answered */
  async #refreshWhenDue(spoke) {
    const last = await snapshotAt();
    const due = last === null || Math.abs(wall() - last) > REFRESH_EVERY_MS;
    if (due) await refreshSnapshot();
    else if (spoke) await topUpChallenges();
    if (due || spoke) await noteState({ online: true, error: null });
  }

  async #runBytes() {
    while (!this.signal.aborted) {
      const take = await nextTake((takeId) => (this.#takes.get(takeId)?.notBefore ?? 0) <= wall());
      if (take) {
        await this.#bytesTurn(take);
      } else {
        await letGo(wall());
        await this.#bytes.wait(this.#untilNextTry());
      }
    }
  }

  /** @param {import('../store/db.js').TakeRow} take */
  async #bytesTurn(take) {
    try {
      const onProgress = () => void noteState({ online: true });
      await this.#busy(() => sendTake(take, { signal: this.signal, onProgress, now: wall }));
      this.#takes.delete(take.takeId);
      await noteState({ online: true, error: null });
    } catch (error) {
      const failures = (this.#takes.get(take.takeId)?.failures ?? 0) + 1;
      this.#takes.set(take.takeId, { failures, notBefore: wall() + backoffMs(failures, this.random) });
      if (!this.signal.aborted) await this.#noteFailure(error);
    }
  }

  /** @returns {number} milliseconds */
  #untilNextTry() {
    const waits = [...this.#takes.values()].map(({ notBefore }) => Math.max(0, notBefore - wall()));
    return Math.min(IDLE_MS, ...waits);
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #busy(work) {
    this.#sending += 1;
    try {
      await noteState({ sending: true });
      return await work();
    } finally {
      this.#sending -= 1;
      await noteState({ sending: this.#sending > 0 });
    }
  }

  /** @param {unknown} error */
  async #noteFailure(error) {
    if (error instanceof Offline) return noteState({ online: false });
    if (error instanceof NotVerifiedYet) return noteState({ online: true });
    if (error instanceof ApiError) return noteState({ online: true, error: error.code });
    const { code, name } = /** @type {{code?: unknown, name?: string}} */ (error ?? {});
    return noteState({ error: typeof code === 'string' ? code : (name ?? 'unknown') });
  }
}
