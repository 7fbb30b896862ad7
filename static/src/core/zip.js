/**
 * A ZIP archive as a stream: stored, never packed (films and photos do not shrink), in the memory of one piece. Sizes and
 * CRC stand behind each entry and in the directory, so nothing is read twice. Pure.
 */
import { sha256Stream } from './hash.js';

/** @typedef {{name: string, crc: number, size: number, offset: number, sha256: string}} Entry */

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const utf8 = new TextEncoder();
/** UTF-8 names; sizes follow the data. */
const FLAGS = 0x0808;
/** 1980-01-01: the archive says nothing by its dates. */
const DATE = 0x21;
const MOST_32 = 0xffffffff;

/** @param {number} crc of what came before, 0 at first @param {Uint8Array} bytes @returns {number} */
export function crc32(crc, bytes) {
  let c = ~crc >>> 0;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** Little-endian numbers side by side. @param {[value: number, bytes: 2 | 4 | 8][]} fields */
function packed(fields) {
  const out = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 2) out.setUint16(at, value, true);
    else if (bytes === 4) out.setUint32(at, value, true);
    else out.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(out.buffer);
}

export class ZipStream {
  /** @type {Entry[]} */
  entries = [];
  /** Bytes so far. */
  offset = 0;

  /**
   * @param {string} name ASCII, with `/` between folders
   * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} pieces each below 4 GiB together
   * @returns {AsyncGenerator<Uint8Array, Entry>}
   */
  async *entry(name, pieces) {
    const entry = { name, crc: 0, size: 0, offset: this.offset, sha256: '' };
    const label = utf8.encode(name);
    /** @type {[number, 2 | 4][]} */
    const head = [[0x04034b50, 4], [20, 2], [FLAGS, 2], [0, 2], [0, 2], [DATE, 2], [0, 4], [0, 4], [0, 4], [label.length, 2], [0, 2]];
    yield this.#told(packed(head));
    yield this.#told(label);
    const hash = sha256Stream();
    for await (const piece of pieces) {
      entry.crc = crc32(entry.crc, piece);
      entry.size += piece.length;
      hash.update(piece);
      yield this.#told(piece);
    }
    if (entry.size >= MOST_32) throw new RangeError(`${name} is too large for one entry`);
    yield this.#told(packed([[0x08074b50, 4], [entry.crc, 4], [entry.size, 4], [entry.size, 4]]));
    entry.sha256 = hash.hex();
    this.entries.push(entry);
    return entry;
  }

  /** The directory; nothing may follow it. @returns {Generator<Uint8Array>} */
  *end() {
    const start = this.offset;
    for (const entry of this.entries) yield this.#told(directoryRow(entry));
    const size = this.offset - start;
    const n = this.entries.length;
    if (n > 0xfffe || start >= MOST_32) {
      const at = this.offset;
      yield this.#told(packed([[0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [n, 8], [n, 8], [size, 8], [start, 8]]));
      yield this.#told(packed([[0x07064b50, 4], [0, 4], [at, 8], [1, 4]]));
    }
    const few = Math.min(n, 0xffff);
    yield this.#told(packed([[0x06054b50, 4], [0, 2], [0, 2], [few, 2], [few, 2], [size, 4], [Math.min(start, MOST_32), 4], [0, 2]]));
  }

  /** @param {Uint8Array} bytes */
  #told(bytes) {
    this.offset += bytes.length;
    return bytes;
  }
}

/** @param {Entry} entry @returns {Uint8Array} */
function directoryRow({ name, crc, size, offset }) {
  const label = utf8.encode(name);
  const far = offset >= MOST_32;
  const extra = far ? packed([[1, 2], [8, 2], [offset, 8]]) : new Uint8Array(0);
  /** @type {[number, 2 | 4][]} */
  const head = [
    [0x02014b50, 4], [far ? 45 : 20, 2], [far ? 45 : 20, 2], [FLAGS, 2], [0, 2], [0, 2], [DATE, 2], [crc, 4], [size, 4], [size, 4],
    [label.length, 2], [extra.length, 2], [0, 2], [0, 2], [0, 2], [0, 4], [Math.min(offset, MOST_32), 4],
  ];
  const fixed = packed(head);
  const row = new Uint8Array(fixed.length + label.length + extra.length);
  row.set(fixed);
  row.set(label, fixed.length);
  row.set(extra, fixed.length + label.length);
  return row;
}
