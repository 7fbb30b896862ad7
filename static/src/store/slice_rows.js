/**
 * Takes as one row a slice in IndexedDB, where the file system gives no handle. ArrayBuffers, not Blobs: Safari may hand
 * a file-backed Blob back empty. Slice and chunk row are one transaction.
 */
import { sha256Hex, sha256Stream } from '../core/hash.js';
import { openDb, rowsOf, write } from './db.js';
import { BytesUnreadable } from './errors.js';
import { reconcile } from './reconcile.js';

/** @type {Map<string, {size: number, hash: ReturnType<typeof sha256Stream>}>} */
const open = new Map();

/** @param {string} takeId @param {number} start @param {number} end @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function readBytes(takeId, start, end) {
  const db = await openDb();
  const out = new Uint8Array(end - start);
  let filled = 0;
  for (const chunk of await db.getAll('chunks', rowsOf(takeId))) {
    const from = Math.max(start, chunk.offset);
    const to = Math.min(end, chunk.offset + chunk.length);
    if (from >= to) continue;
    const slice = await db.get('slices', [takeId, chunk.index]);
    if (slice?.data.byteLength !== chunk.length) break;
    out.set(new Uint8Array(slice.data, from - chunk.offset, to - from), from - start);
    filled += to - from;
  }
  if (filled !== out.length) throw new BytesUnreadable(`${filled} bytes instead of ${out.length}`);
  return out;
}

/** @type {import('./evidence.js').Backend} */
export const sliceRows = {
  name: 'idb',

  async open(takeId) {
    open.set(takeId, { size: 0, hash: sha256Stream() });
  },

  async append(takeId, buffer, index, ms) {
    const file = open.get(takeId);
    if (!file) throw new Error(`take ${takeId} is not open`);
    const bytes = new Uint8Array(buffer);
    const chunk = { index, offset: file.size, length: bytes.length, ms, sha256: sha256Hex(bytes) };
    await write(['slices', 'chunks'], async (tx) => {
      await tx.objectStore('slices').add({ takeId, index, data: buffer });
      await tx.objectStore('chunks').add({ takeId, ...chunk });
    });
    file.size += bytes.length;
    file.hash.update(bytes);
    return chunk;
  },

  async close(takeId) {
    const file = open.get(takeId);
    open.delete(takeId);
    return { bytes: file?.size ?? 0, sha256: file?.size ? file.hash.hex() : null };
  },

  async read(takeId, start, end) {
    return (await readBytes(takeId, start, end)).buffer;
  },

  async rebuild(takeId) {
    const rows = await (await openDb()).getAll('chunks', rowsOf(takeId));
    const size = rows.reduce((sum, row) => sum + row.length, 0);
    return reconcile(size, rows, (start, end) => readBytes(takeId, start, end));
  },

  async remove(takeId) {
    await write(['slices'], (tx) => tx.objectStore('slices').delete(rowsOf(takeId)));
  },
};
