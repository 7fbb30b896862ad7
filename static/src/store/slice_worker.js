/**
 * Owns the takes' files in the origin-private file system. Only a SyncAccessHandle, which exists in workers only, puts
 * bytes on disk at `flush`; `createWritable` was tried and lost every byte at a kill. One request, one answer.
 */
import { sha256Hex, sha256Stream } from '../core/hash.js';
import { reconcile } from './reconcile.js';

/** @typedef {{handle: FileSystemSyncAccessHandle, size: number, hash: ReturnType<typeof sha256Stream>}} OpenFile */

const FOLDER = 'takes';
const READ_LIMIT = 16 * 1024 * 1024;

/** @type {Map<string, OpenFile>} */
const open = new Map();

/** @param {boolean} create @returns {Promise<FileSystemDirectoryHandle>} */
async function folder(create) {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });
}

/** @param {string} name @param {boolean} create @returns {Promise<FileSystemFileHandle>} */
async function fileNamed(name, create) {
  return (await folder(create)).getFileHandle(name, { create });
}

/** @param {string} takeId @returns {string} */
const fileName = (takeId) => `${takeId}.bin`;

/**
 * Writes at the end or not at all: a full disk must not leave half a slice.
 * @param {OpenFile} file
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<void>}
 */
async function put(file, bytes) {
  try {
    const written = file.handle.write(bytes, { at: file.size });
    if (written !== bytes.length) throw new DOMException('short write', 'QuotaExceededError');
    // Older Safari answers with promises here.
    await file.handle.flush();
  } catch (error) {
    await file.handle.truncate(file.size);
    throw error;
  }
  file.size += bytes.length;
  file.hash.update(bytes);
}

/** Does a handle really open, write, flush and read back here? */
async function probe() {
  const name = `probe-${self.crypto.randomUUID()}`;
  const handle = await (await fileNamed(name, true)).createSyncAccessHandle();
  try {
    handle.write(Uint8Array.of(1, 2, 3), { at: 0 });
    await handle.flush();
    const back = new Uint8Array(3);
    return handle.read(back, { at: 0 }) === 3 && back[2] === 3;
  } finally {
    await handle.close();
    await (await folder(true)).removeEntry(name);
  }
}

/** @param {{takeId: string}} request */
async function openFile({ takeId }) {
  const handle = await (await fileNamed(fileName(takeId), true)).createSyncAccessHandle();
  await handle.truncate(0);
  open.set(takeId, { handle, size: 0, hash: sha256Stream() });
}

/** @param {{takeId: string, buffer: ArrayBuffer}} request */
async function append({ takeId, buffer }) {
  const file = mustBeOpen(takeId);
  const bytes = new Uint8Array(buffer);
  const offset = file.size;
  await put(file, bytes);
  return { offset, length: bytes.length, sha256: sha256Hex(bytes) };
}

/** @param {{takeId: string}} request */
async function close({ takeId }) {
  const file = mustBeOpen(takeId);
  open.delete(takeId);
  await file.handle.flush();
  await file.handle.close();
  return { bytes: file.size, sha256: file.size ? file.hash.hex() : null };
}

/** @param {{takeId: string, start: number, end: number}} request */
async function read({ takeId, start, end }) {
  const length = end - start;
  if (length < 0 || length > READ_LIMIT) throw new RangeError(`${length} bytes asked at once`);
  const file = open.get(takeId);
  if (!file) {
    // Reading needs no exclusive handle, so another tab may be recording this very take.
    const blob = (await (await fileNamed(fileName(takeId), false)).getFile()).slice(start, end);
    return exactly(await blob.arrayBuffer(), length);
  }
  const bytes = new Uint8Array(length);
  const got = file.handle.read(bytes, { at: start });
  return exactly(bytes.buffer.slice(0, got), length);
}

/** @param {ArrayBuffer} buffer @param {number} length @returns {ArrayBuffer} */
function exactly(buffer, length) {
  if (buffer.byteLength !== length) {
    throw new DOMException(`${buffer.byteLength} bytes instead of ${length}`, 'NotReadableError');
  }
  return buffer;
}

/** @param {{takeId: string, rows: import('../core/chunks.js').Chunk[]}} request */
async function rebuild({ takeId, rows }) {
  let file;
  try {
    file = await fileNamed(fileName(takeId), false);
  } catch (error) {
    if (/** @type {DOMException} */ (error).name !== 'NotFoundError') throw error;
    return reconcile(0, rows, () => new Uint8Array(0));
  }
  const handle = await file.createSyncAccessHandle();
  try {
    return await reconcile(await handle.getSize(), rows, (start, end) => {
      const bytes = new Uint8Array(end - start);
      const got = handle.read(bytes, { at: start });
      return new Uint8Array(exactly(bytes.buffer.slice(0, got), bytes.length));
    });
  } finally {
    await handle.close();
  }
}

/** @param {{takeId: string}} request */
async function remove({ takeId }) {
  if (open.has(takeId)) throw new Error('a take that is being recorded is not removed');
  try {
    await (await folder(true)).removeEntry(fileName(takeId));
  } catch (error) {
    if (/** @type {DOMException} */ (error).name !== 'NotFoundError') throw error;
  }
}

/** @param {string} takeId @returns {OpenFile} */
function mustBeOpen(takeId) {
  const file = open.get(takeId);
  if (!file) throw new Error(`take ${takeId} is not open`);
  return file;
}

/** @type {Record<string, (request: any) => Promise<unknown>>} */
const OPERATIONS = { probe, open: openFile, append, close, read, rebuild, remove };

/** Requests run one after the other: an append must not overtake another. */
let last = Promise.resolve();

self.addEventListener('message', (event) => {
  const request = /** @type {MessageEvent} */ (event).data;
  last = last.then(async () => {
    try {
      const result = await OPERATIONS[request.op](request);
      self.postMessage({ id: request.id, result }, result instanceof ArrayBuffer ? [result] : []);
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      self.postMessage({ id: request.id, error: { name, message } });
    }
  });
});
