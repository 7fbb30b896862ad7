/**
 * Other people's stickers on the phone; the same as webapp/domain/stickers.py (tests/vectors/labels.json, "stickers").
 */
import { base64url, fromBase64 } from './base64.js';

const MAX_CHARACTERS = 200;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zs}\p{Zl}\p{Zp}]/gu;

/**
 * What two readings of one sticker have in common: NFKC, without spaces and invisible characters. ASCII letters are
 * upper-cased, because people type what they read; not in a web address, where case tells two stickers apart.
 * @param {string} text
 * @returns {string} `''`: nothing to bind (nothing visible, or too long)
 */
export function stickerKey(text) {
  // Code points, as the server counts them.
  if ([...text].length > MAX_CHARACTERS) return '';
  const seen = text.normalize('NFKC').replace(UNSEEN, '');
  const folded = seen.includes('://') ? seen : seen.replace(/[a-z]+/g, (small) => small.toUpperCase());
  return folded.normalize('NFC');
}

/**
 * `text` as a record carries it: base64url of UTF-8.
 * @param {string} text
 * @returns {string}
 * @throws {RangeError} for what no record carries
 */
export function stickerSpelling(text) {
  const length = [...text].length;
  if (length === 0 || length > MAX_CHARACTERS || text.includes('\0')) throw new RangeError(`${length} characters`);
  if (/\p{Cs}/u.test(text)) throw new RangeError('a lone surrogate');
  return base64url(new TextEncoder().encode(text));
}

/**
 * What somebody typed or scanned, cut to what a record carries.
 * @param {string} text
 * @returns {string} its spelling
 * @throws {RangeError} nothing is left
 */
export function carriedSpelling(text) {
  return stickerSpelling(Array.from(text.replaceAll('\0', '').replace(/\p{Cs}/gu, '')).slice(0, MAX_CHARACTERS).join(''));
}

/**
 * The text of a sticker from its one spelling in a record.
 * @param {string} spelling
 * @returns {string}
 * @throws {RangeError}
 */
export function readSpelling(spelling) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64(spelling));
  } catch {
    throw new RangeError('not base64url of UTF-8');
  }
  if (stickerSpelling(text) !== spelling) throw new RangeError('another spelling');
  return text;
}
