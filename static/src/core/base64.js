/** Base 64 of bytes, both alphabets. No `btoa(String.fromCharCode(...))`: spreading 64 KiB of bytes overflows the stack. */

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = STANDARD.slice(0, 62) + '-_';

/**
 * @param {Uint8Array} bytes
 * @param {string} alphabet
 * @returns {string} without padding
 */
function encode(bytes, alphabet) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += alphabet[group >> 18] + alphabet[(group >> 12) & 63];
    if (left > 1) text += alphabet[(group >> 6) & 63];
    if (left > 2) text += alphabet[group & 63];
  }
  return text;
}

/** RFC 4648 section 4, padded. @param {Uint8Array} bytes @returns {string} */
export function base64(bytes) {
  const text = encode(bytes, STANDARD);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** RFC 4648 section 5, unpadded. @param {Uint8Array} bytes @returns {string} */
export function base64url(bytes) {
  return encode(bytes, URL_SAFE);
}

/**
 * Reads either alphabet, padded or not. Altered trailing bits are refused: the text must be what `base64` writes.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {RangeError}
 */
export function fromBase64(text) {
  const bare = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of bare) {
    const value = STANDARD.indexOf(letter);
    if (value < 0) throw new RangeError('not base 64');
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
    bits &= (1 << held) - 1;
  }
  if (encode(bytes, STANDARD) !== bare) throw new RangeError('not base 64');
  return bytes;
}
