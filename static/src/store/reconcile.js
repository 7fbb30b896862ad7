/** After a crash: what a take's bytes and its chunk rows say together. Runs in the worker and on the page. */
import { sha256Stream } from '../core/hash.js';

/** @typedef {import('../core/chunks.js').Chunk} Chunk */

const PIECE = 1024 * 1024;

/**
 * Rows are kept as far as the bytes reach, with the hash the bytes have now; bytes after the last kept row become one
 * tail chunk (written, not yet listed when the phone died).
 * @param {number} size bytes there are
 * @param {readonly Chunk[]} rows as listed, in order
 * @param {(start: number, end: number) => Promise<Uint8Array> | Uint8Array} read
 * @returns {Promise<{chunks: Chunk[], bytes: number, sha256: string | null, damaged: number}>} `sha256` null for 0
 *   bytes; `damaged` counts rows whose bytes are missing or have another hash than when they were written
 */
export async function reconcile(size, rows, read) {
  const whole = sha256Stream();
  /** @type {Chunk[]} */
  const chunks = [];
  let end = 0;
  let damaged = 0;
  for (const row of rows) {
    if (row.index !== chunks.length || row.offset !== end || end + row.length > size) {
      damaged = rows.length - chunks.length;
      break;
    }
    const sha256 = await hashRange(end, end + row.length, read, whole);
    if (sha256 !== row.sha256) damaged += 1;
    chunks.push({ index: row.index, offset: end, length: row.length, ms: row.ms, sha256 });
    end += row.length;
  }
  if (size > end) {
    const sha256 = await hashRange(end, size, read, whole);
    const ms = chunks[chunks.length - 1]?.ms ?? 0;
    chunks.push({ index: chunks.length, offset: end, length: size - end, ms, sha256 });
  }
  return { chunks, bytes: size, sha256: size ? whole.hex() : null, damaged };
}

/**
 * @param {number} start
 * @param {number} end
 * @param {(start: number, end: number) => Promise<Uint8Array> | Uint8Array} read
 * @param {{update: (bytes: Uint8Array) => void}} whole
 * @returns {Promise<string>}
 */
async function hashRange(start, end, read, whole) {
  const part = sha256Stream();
  for (let at = start; at < end; at += PIECE) {
    const bytes = await read(at, Math.min(at + PIECE, end));
    part.update(bytes);
    whole.update(bytes);
  }
  return part.hex();
}
