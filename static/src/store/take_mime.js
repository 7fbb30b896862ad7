/** What kind of file a take is. */
import { openDb } from './db.js';
import { readRange, takeState } from './evidence.js';

/**
 * @param {string} takeId
 * @returns {Promise<string>} as the recorder said, without spaces; else by the first bytes (a crash may come first)
 */
export async function mimeOf(takeId) {
  const told = (await (await openDb()).get('takes', takeId))?.mime.replace(/\s/g, '');
  if (told) return told;
  const { bytes } = (await takeState(takeId)) ?? { bytes: 0 };
  return sniffMime(bytes < 12 ? new Uint8Array(0) : new Uint8Array(await readRange(takeId, 0, 12)));
}

/**
 * @param {Uint8Array} head at least 12 bytes
 * @returns {string}
 */
export function sniffMime(head) {
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) return 'video/webm';
  const box = String.fromCharCode(...head.slice(4, 8));
  return box === 'ftyp' ? 'video/mp4' : 'application/octet-stream';
}
