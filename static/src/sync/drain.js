/**
 * Brings everything to the server: one runner across tabs, records in order first, then photos, then takes; a take's next
 * request waits while photos go. It goes on at `online`, at a poke and by the clock; only the server's own answers say that
 * it is there.
 */
import { wall } from '../device/clock.js';
import { askForBackgroundSync } from '../device/background_sync.js';
import { withLock } from '../store/locks.js';
import { snapshotAt } from '../store/snapshot.js';
import { ApiError, NotEnrolled, Offline } from './errors.js';
import { filmsAllowed, filmsAreGone, onLineChange } from './line.js';
import { backoffMs, Bell, Tries } from './patience.js';
import { refreshSnapshot, topUpChallenges } from './refresh.js';
import { letPhotosGo, nextPhoto, sendPhoto } from './send_photos.js';
import { askAboutQuarantined, sendPending } from './send_records.js';
import { letGo, nextTake, sendTake } from './send_takes.js';
import { lastError, noteState, onState, whenPoked } from './sync_state.js';
import { NotVerifiedYet } from './verified.js';

export { captures } from './captures.js';
export { onState, poke } from './sync_state.js';

/** @typedef {import('./sync_state.js').SyncState} SyncState */
/** @typedef {import('./captures.js').Capture} Capture */

const IDLE_MS = 60_000;
const REFRESH_EVERY_MS = 10 * 60_000;
/** What the server says to a phone that the desk has blocked. */
const BLOCKED = 'device_revoked';
/** What all photos share. */
const LINE = 'line';

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
  // A phone that was put away comes back with timers that stood still.
  const seen = () => globalThis.document?.visibilityState === 'visible' && runner.ring();
  globalThis.document?.addEventListener?.('visibilitychange', seen);
  const unline = onLineChange(online);
  const ended = withLock('sync', () => runner.run(), runner.signal).catch((error) => {
    if (error?.name !== 'AbortError') throw error;
  });
  return {
    stop: async () => {
      globalThis.removeEventListener?.('online', online);
      globalThis.document?.removeEventListener?.('visibilitychange', seen);
      unline();
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
  #photoBell = new Bell();
  #failures = 0;
  #sending = 0;
  /** The photos that are going now, if any. @type {Promise<void>} */
  #photosGone = Promise.resolve();

  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
    this.takes = new Tries(random);
    this.photos = new Tries(random);
  }

  get signal() {
    return this.#control.signal;
  }

  ring() {
    this.#records.ring();
    this.#tryBytesNow();
  }

  #tryBytesNow() {
    this.photos.now();
    this.takes.now();
    this.#photoBell.ring();
    this.#bytes.ring();
  }

  stop() {
    this.#control.abort();
    this.ring();
  }

  /** @returns {Promise<void>} */
  async run() {
    await Promise.all([this.#runRecords(), this.#runPhotos(), this.#runTakes()]);
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
      const { released, kept } = await askAboutQuarantined();
      if (sent || released) this.#tryBytesNow();
      await this.#refreshWhenDue(sent > 0, kept > 0);
      this.#failures = 0;
      return IDLE_MS;
    } catch (error) {
      this.#failures += 1;
      await this.#noteFailure(error);
      return error instanceof NotEnrolled ? IDLE_MS : backoffMs(this.#failures, this.random);
    }
  }

  /**
   * @param {boolean} spoke whether the server has just answered
   * @param {boolean} blocked whether it keeps records apart; its refusal then says so, in its own words
   */
  async #refreshWhenDue(spoke, blocked) {
    const last = await snapshotAt();
    const due = blocked || lastError() === BLOCKED || last === null || Math.abs(wall() - last) > REFRESH_EVERY_MS;
    if (due) await refreshSnapshot();
    else if (spoke) await topUpChallenges();
    if (due || spoke) await noteState({ online: true, error: null });
  }

  async #runPhotos() {
    while (!this.signal.aborted) {
      this.#photosGone = this.#sendPhotos();
      await this.#photosGone;
      await letPhotosGo(wall());
      await this.#photoBell.wait(this.photos.soonest(wall(), IDLE_MS));
    }
  }

  /** Until none is left that may be tried now. @returns {Promise<void>} */
  async #sendPhotos() {
    while (!this.signal.aborted && this.photos.may(LINE, wall())) {
      const photo = await nextPhoto((id) => this.photos.may(id, wall()));
      if (!photo) return;
      const error = await this.#bytesTurn(this.photos, photo.id, (run) => sendPhoto(photo, run));
      // Thousands may wait: on a dead line one failure speaks for all.
      if (error && isOfLine(error)) this.photos.failed(LINE, wall());
      else this.photos.done(LINE);
    }
  }

  async #runTakes() {
    while (!this.signal.aborted) {
      const take = (await filmsAllowed()) ? await nextTake((takeId) => this.takes.may(takeId, wall())) : null;
      if (take) {
        const beforeEach = () => this.#photosGone;
        await this.#bytesTurn(this.takes, take.takeId, (run) => sendTake(take, { ...run, beforeEach }));
      } else {
        if (!(await nextTake(() => true))) filmsAreGone();
        await letGo(wall());
        await this.#bytes.wait(this.takes.soonest(wall(), IDLE_MS));
      }
    }
  }

  /**
   * @param {Tries} tries
   * @param {string} id of the take or photo
   * @param {(run: {signal: AbortSignal, onProgress: () => void, now: () => number}) => Promise<void>} send
   * @returns {Promise<unknown>} what went wrong, else null
   */
  async #bytesTurn(tries, id, send) {
    try {
      const onProgress = () => void noteState({ online: true });
      await this.#busy(() => send({ signal: this.signal, onProgress, now: wall }));
      tries.done(id);
      // What a blocked phone had sent may be verified; it is blocked all the same.
      await noteState({ online: true, ...(lastError() === BLOCKED ? {} : { error: null }) });
      return null;
    } catch (error) {
      tries.failed(id, wall());
      if (!this.signal.aborted) await this.#noteFailure(error);
      return error;
    }
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
    if (error instanceof Offline) {
      await askForBackgroundSync();
      return noteState({ online: false });
    }
    if (error instanceof NotVerifiedYet) return noteState({ online: true });
    if (error instanceof ApiError) return noteState({ online: true, error: error.code });
    const { code, name } = /** @type {{code?: unknown, name?: string}} */ (error ?? {});
    return noteState({ error: typeof code === 'string' ? code : (name ?? 'unknown') });
  }
}

/** Whether a failure would meet the next photo as well. @param {unknown} error */
function isOfLine(error) {
  if (error instanceof ApiError) return error.status === 401 || error.status === 429 || error.status >= 500;
  return error instanceof Offline || error instanceof NotEnrolled;
}
