/** Takes as files of the origin-private file system: the page's end of slice_worker.js, and its chunk rows. */
import { assetUrl } from '../core/assets.js';
import { openDb, rowsOf, write } from './db.js';
import { asStorageError, BytesUnreadable } from './errors.js';

/** @typedef {import('../core/chunks.js').Chunk} Chunk */

/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, {resolve: (value: any) => void, reject: (error: unknown) => void}>} */
const waiting = new Map();
let nextId = 1;

/** @returns {Worker} */
function startWorker() {
  const started = new Worker(assetUrl('slice_worker.js'), { type: 'module' });
  started.onmessage = ({ data }) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) asked?.reject(asError(data.error));
    else asked?.resolve(data.result);
  };
  started.onerror = (event) => {
    worker = null;
    started.terminate();
    for (const asked of waiting.values()) asked.reject(new Error(`slice worker: ${event.message}`));
    waiting.clear();
  };
  return started;
}

/** @param {{name: string, message: string}} told @returns {unknown} */
function asError({ name, message }) {
  if (/^(NotReadableError|NotFoundError|NoModificationAllowedError)$/.test(name)) return new BytesUnreadable(message, name === 'NotFoundError');
  return asStorageError(Object.assign(new Error(message), { name }));
}

/**
 * @param {string} op
 * @param {Record<string, unknown>} [request]
 * @param {Transferable[]} [transfer]
 * @returns {Promise<any>}
 */
function ask(op, request = {}, transfer = []) {
  return new Promise((resolve, reject) => {
    worker ??= startWorker();
    const id = nextId++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ ...request, op, id }, transfer);
  });
}

/** @returns {Promise<boolean>} whether a handle really opens, writes and flushes here */
export async function probeFiles() {
  try {
    return (await ask('probe')) === true;
  } catch {
    return false;
  }
}

/** @type {import('./evidence.js').Backend} */
export const sliceFiles = {
  name: 'opfs',

  async open(takeId) {
    await ask('open', { takeId });
  },

  /** Slice, flush, then its row: a row never speaks of bytes that are not on disk. */
  async append(takeId, buffer, index, ms) {
    const { offset, length, sha256 } = await ask('append', { takeId, buffer }, [buffer]);
    const chunk = { index, offset, length, ms, sha256 };
    await write(['chunks'], (tx) => tx.objectStore('chunks').add({ takeId, ...chunk }));
    return chunk;
  },

  close(takeId) {
    return ask('close', { takeId });
  },

  read(takeId, start, end) {
    return ask('read', { takeId, start, end });
  },

  async rebuild(takeId) {
    const rows = await (await openDb()).getAll('chunks', rowsOf(takeId));
    return ask('rebuild', { takeId, rows });
  },

  async remove(takeId) {
    await ask('remove', { takeId });
  },
};
