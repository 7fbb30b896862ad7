/**
 * The bytes of takes: every slice is on disk, hashed and listed before the next one is asked for. Whatever a dead
 * battery leaves is a prefix that still verifies.
 */
import { tallyFold } from '../core/events.js';
import { openDb, rowsOf, write } from './db.js';
import { RecorderBusy } from './errors.js';
import { tryLock } from './locks.js';
import { probeFiles, sliceFiles } from './slice_files.js';
import { sliceRows } from './slice_rows.js';
import { tellTakeChange } from './take_changes.js';

/** @typedef {import('../core/chunks.js').Chunk} Chunk */
/** @typedef {import('../core/events.js').TakeEvent} TakeEvent */
/** @typedef {import('./db.js').TakeRow} TakeRow */

/**
 * Where bytes live. `sha256` is hex, null for 0 bytes.
 * @typedef {{
 *   name: 'opfs' | 'idb',
 *   open: (takeId: string) => Promise<void>,
 *   append: (takeId: string, buffer: ArrayBuffer, index: number, ms: number) => Promise<Chunk>,
 *   close: (takeId: string) => Promise<{bytes: number, sha256: string | null}>,
 *   read: (takeId: string, start: number, end: number) => Promise<ArrayBuffer>,
 *   rebuild: (takeId: string) => Promise<{chunks: Chunk[], bytes: number, sha256: string | null, damaged: number}>,
 *   remove: (takeId: string) => Promise<void>,
 * }} Backend
 */

/** What `close` answers: `sha256` hex of the whole, null for 0 bytes. @typedef {{bytes: number, sha256: string | null, chunks: Chunk[]}} ClosedTake */

/** @type {Promise<Backend> | null} */
let chosen = null;

/** @returns {Promise<Backend>} files where they work, rows elsewhere; found out by doing */
export function chooseBackend() {
  chosen ??= probeFiles().then((works) => (works ? sliceFiles : sliceRows));
  return chosen;
}

/** Makes every new take use one backend. @param {Backend | null} backend null: found out again */
export function useBackend(backend) {
  chosen = backend && Promise.resolve(backend);
}

/** @param {TakeRow | undefined} take @returns {Backend} */
const backendOf = (take) => (take?.backend === 'opfs' ? sliceFiles : sliceRows);

/**
 * Starts to keep a take whose take-open record is in the journal. Holds the lock `recorder` until `close`.
 * @param {string} takeId the take-open record's id
 * @param {{mime?: string, lines?: string[]}} [details] `lines`: the parcel's line ids, in their order
 * @returns {Promise<OpenTake>}
 * @throws {RecorderBusy | import('./errors.js').StorageFull}
 */
export async function openTake(takeId, { mime = '', lines = [] } = {}) {
  const release = await tryLock('recorder');
  if (!release) throw new RecorderBusy();
  try {
    const backend = await chooseBackend();
    const kept = await (await openDb()).get('takes', takeId);
    // Closed: another tab, starting in the moment between the take-open record and here, took it for a lost one.
    if (!kept?.open || kept.backend || kept.closed) throw new Error(`take ${takeId} cannot be filmed (any more)`);
    // The row first: after a crash it tells where bytes may lie.
    await write(['takes'], (tx) => tx.objectStore('takes').put({ ...kept, mime, lines, backend: backend.name }));
    await backend.open(takeId);
    return new OpenTake(takeId, backend, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** A take that is being recorded. */
export class OpenTake {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {TakeEvent[]} */
  #events = [];
  /** @type {Chunk[]} */
  #chunks = [];
  #bytes = 0;

  /**
   * @param {string} takeId
   * @param {Backend} backend
   * @param {() => Promise<void>} release
   */
  constructor(takeId, backend, release) {
    this.takeId = takeId;
    this.backend = backend;
    this.release = release;
  }

  /** Bytes on disk so far. */
  get bytes() {
    return this.#bytes;
  }

  /**
   * Resolves when the slice is on disk. The buffer is handed over: do not use it afterwards.
   * @param {ArrayBuffer} buffer
   * @param {number} ms arrival since the take's mono start
   * @returns {Promise<Chunk | null>} null: a slice of 0 bytes, ignored (browsers end a recording with one)
   * @throws {import('./errors.js').StorageFull}
   */
  append(buffer, ms) {
    return this.#inTurn(async () => {
      if (buffer.byteLength === 0) return null;
      const before = this.#chunks[this.#chunks.length - 1]?.ms ?? 0;
      const at = Math.max(before, Math.round(ms));
      const chunk = await this.backend.append(this.takeId, buffer, this.#chunks.length, at);
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      tellTakeChange(this.takeId);
      return chunk;
    });
  }

  /**
   * Keeps what happened in the take, at once.
   * @param {TakeEvent} event
   * @returns {Promise<void>}
   * @throws {RangeError} an event that does not follow from those before it
   */
  addEvent(event) {
    tallyFold([...this.#events, event]);
    const index = this.#events.push(event) - 1;
    const { takeId } = this;
    return this.#inTurn(async () => {
      await write(['events'], (tx) => tx.objectStore('events').add({ takeId, index, event }));
    });
  }

  /** @returns {readonly TakeEvent[]} what happened so far */
  events() {
    return this.#events;
  }

  /** @returns {import('../core/events.js').Tally} */
  tally() {
    return tallyFold(this.#events);
  }

  /**
   * Ends the take; what is under way is written first.
   * @returns {Promise<ClosedTake>}
   */
  close() {
    return this.#inTurn(async () => {
      try {
        const closed = await this.backend.close(this.takeId);
        await keepClosed(this.takeId, closed);
        return { ...closed, chunks: this.#chunks };
      } finally {
        // The next take may begin the moment this one is closed.
        await this.release();
        tellTakeChange(this.takeId);
      }
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/**
 * @param {string} takeId
 * @param {{bytes: number, sha256: string | null}} closed
 */
async function keepClosed(takeId, { bytes, sha256 }) {
  await write(['takes'], async (tx) => {
    const store = tx.objectStore('takes');
    const row = await store.get(takeId);
    if (row) await store.put({ ...row, closed: { bytes, sha256 } });
  });
}

/**
 * @param {string} takeId
 * @param {number} start
 * @param {number} end exclusive; at most 16 MiB after start
 * @returns {Promise<ArrayBuffer>} exactly these bytes
 * @throws {import('./errors.js').BytesUnreadable}
 */
export async function readRange(takeId, start, end) {
  return backendOf(await (await openDb()).get('takes', takeId)).read(takeId, start, end);
}

/**
 * @param {string} takeId
 * @returns {Promise<{bytes: number, chunks: number, closed: boolean} | null>} null: no such take on this phone
 */
export async function takeState(takeId) {
  const tx = (await openDb()).transaction(['takes', 'chunks']);
  const [take, last] = await Promise.all([
    tx.objectStore('takes').get(takeId),
    tx.objectStore('chunks').openCursor(rowsOf(takeId), 'prev'),
  ]);
  if (!take) return null;
  const chunk = last?.value;
  return {
    bytes: chunk ? chunk.offset + chunk.length : 0,
    chunks: chunk ? chunk.index + 1 : 0,
    closed: take.closed !== null,
  };
}

/** @param {string} takeId @returns {Promise<Chunk[]>} */
export async function takeChunks(takeId) {
  return (await openDb()).getAll('chunks', rowsOf(takeId));
}

/** @param {string} takeId @returns {Promise<TakeEvent[]>} */
export async function takeEvents(takeId) {
  return (await (await openDb()).getAll('events', rowsOf(takeId))).map(({ event }) => event);
}

/**
 * At start: takes that were left open by a crash or a closed tab, their bytes and rows reconciled. Each of them still
 * needs its closing record (`sealInterrupted`). While another tab records, nothing is touched.
 * @returns {Promise<{takeId: string, bytes: number, chunks: number, lastMs: number, damaged: number}[]>}
 */
export async function recoverTakes() {
  const release = await tryLock('recorder');
  if (!release) return [];
  try {
    const found = [];
    for (const take of await (await openDb()).getAllFromIndex('takes', 'open')) {
      const { bytes, chunks, sha256, damaged } = await backendOf(take).rebuild(take.takeId);
      await replaceChunks(take.takeId, chunks);
      await keepClosed(take.takeId, { bytes, sha256 });
      found.push({
        takeId: take.takeId,
        bytes,
        chunks: chunks.length,
        lastMs: chunks[chunks.length - 1]?.ms ?? 0,
        damaged,
      });
    }
    return found;
  } finally {
    await release();
  }
}

/**
 * @param {string} takeId
 * @param {readonly Chunk[]} chunks
 */
async function replaceChunks(takeId, chunks) {
  await write(['chunks'], async (tx) => {
    const store = tx.objectStore('chunks');
    await store.delete(rowsOf(takeId));
    for (const chunk of chunks) await store.add({ takeId, ...chunk });
  });
}

/**
 * Lets a take's bytes go. Only sync calls this, long after the server said `verified` with the same hash.
 * @param {string} takeId
 * @returns {Promise<void>}
 */
export async function removeTake(takeId) {
  const take = await (await openDb()).get('takes', takeId);
  if (!take?.verifiedAt) throw new Error(`take ${takeId} is not verified`);
  await backendOf(take).remove(takeId);
  await write(['takes', 'chunks', 'events', 'uploads'], async (tx) => {
    await tx.objectStore('chunks').delete(rowsOf(takeId));
    await tx.objectStore('events').delete(rowsOf(takeId));
    await tx.objectStore('uploads').delete(takeId);
    await tx.objectStore('takes').delete(takeId);
  });
}
