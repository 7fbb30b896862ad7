/** `chunks.txt` and its RFC 6962 tree: the server's twin reads the same tests/vectors/chunks.json. */
import { EMPTY_SHA256, hex, sha256Bytes } from './hash.js';

/**
 * One MediaRecorder slice as it lies in the file. `ms` is its arrival since the take's mono start, `sha256` hex.
 * @typedef {{index: number, offset: number, length: number, ms: number, sha256: string}} Chunk
 */

const LINE = /^(0|[1-9]\d*) (0|[1-9]\d*) ([1-9]\d*) (0|[1-9]\d*) ([0-9a-f]{64})$/;
const utf8 = new TextEncoder();

/** @param {Chunk} chunk @returns {string} the line without its LF */
export function chunkLine(chunk) {
  const line = [chunk.index, chunk.offset, chunk.length, chunk.ms, chunk.sha256].join(' ');
  if (!LINE.test(line) || chunk.sha256 === EMPTY_SHA256) throw new RangeError(`not a chunk line: ${line}`);
  return line;
}

/**
 * @param {readonly Chunk[]} list at least one, in order, without a gap
 * @returns {string}
 * @throws {RangeError}
 */
export function chunksText(list) {
  checkSequence(list);
  return list.map((chunk) => chunkLine(chunk) + '\n').join('');
}

/**
 * @param {string} text
 * @returns {Chunk[]}
 * @throws {RangeError}
 */
export function parseChunks(text) {
  if (!text.endsWith('\n')) throw new RangeError('chunks.txt has no closing LF');
  const list = text.slice(0, -1).split('\n').map((line) => {
    const match = LINE.exec(line);
    if (!match) throw new RangeError(`not a chunk line: ${line}`);
    const [index, offset, length, ms] = match.slice(1, 5).map(Number);
    return { index, offset, length, ms, sha256: match[5] };
  });
  if (chunksText(list) !== text) throw new RangeError('chunks.txt is not what its chunks would write');
  return list;
}

/** @param {readonly Chunk[]} list @returns {void} */
function checkSequence(list) {
  if (list.length === 0) throw new RangeError('a take has at least one chunk');
  let offset = 0;
  let ms = 0;
  for (const [index, chunk] of list.entries()) {
    if (chunk.index !== index || chunk.offset !== offset) throw new RangeError(`chunk ${index} leaves a gap`);
    if (chunk.ms < ms) throw new RangeError(`chunk ${index} is earlier than the one before it`);
    offset += chunk.length;
    ms = chunk.ms;
  }
}

/**
 * RFC 6962 section 2.1 over the lines (without LF), without recursion: complete subtrees are merged as they fill, the
 * rest from the right.
 * @param {readonly (string | Uint8Array)[]} lines
 * @returns {string} hex
 */
export function merkleRoot(lines) {
  if (lines.length === 0) throw new RangeError('no root over no lines');
  /** @type {{hash: Uint8Array, leaves: number}[]} */
  const peaks = [];
  for (const line of lines) {
    let node = { hash: leafHash(typeof line === 'string' ? utf8.encode(line) : line), leaves: 1 };
    while (peaks.length && peaks[peaks.length - 1].leaves === node.leaves) node = join(peaks.pop(), node);
    peaks.push(node);
  }
  let root = peaks[peaks.length - 1];
  for (let i = peaks.length - 2; i >= 0; i--) root = join(peaks[i], root);
  return hex(root.hash);
}

/** @param {Uint8Array} data @returns {Uint8Array} */
function leafHash(data) {
  const prefixed = new Uint8Array(1 + data.length);
  prefixed.set(data, 1);
  return sha256Bytes(prefixed);
}

/**
 * @param {{hash: Uint8Array, leaves: number} | undefined} left
 * @param {{hash: Uint8Array, leaves: number}} right
 * @returns {{hash: Uint8Array, leaves: number}}
 */
function join(left, right) {
  if (!left) throw new RangeError('no left subtree');
  const both = new Uint8Array(65);
  both[0] = 1;
  both.set(left.hash, 1);
  both.set(right.hash, 33);
  return { hash: sha256Bytes(both), leaves: left.leaves + right.leaves };
}
