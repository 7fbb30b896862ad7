/** SHA-256 without WebCrypto: that has no streaming digest, and is missing on plain HTTP. */
import { sha256 } from '@noble/hashes/sha2.js';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const utf8 = new TextEncoder();

/** SHA-256 of nothing; no record may carry it. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** @param {Uint8Array} bytes @returns {string} lower-case hex */
export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/**
 * @param {string} text lower-case hex of whole bytes
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {RangeError}
 */
export function fromHex(text) {
  if (text.length % 2 || /[^0-9a-f]/.test(text)) throw new RangeError('not lower-case hex');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** @param {Uint8Array | string} data text: its UTF-8 @returns {Uint8Array} 32 bytes */
export function sha256Bytes(data) {
  return sha256(typeof data === 'string' ? utf8.encode(data) : data);
}

/** @param {Uint8Array | string} data text: its UTF-8 @returns {string} 64 hex characters */
export function sha256Hex(data) {
  return hex(sha256Bytes(data));
}

/**
 * A running SHA-256. `hex()` may be asked at any time and does not end the stream.
 * @returns {{update: (bytes: Uint8Array) => void, hex: () => string}}
 */
export function sha256Stream() {
  const state = sha256.create();
  return {
    update: (bytes) => void state.update(bytes),
    hex: () => hex(state.clone().digest()),
  };
}
