/** Names for things that leave the machine: random bytes as hex. The randomness is handed in, so that this stays pure. */
import { hex } from './hash.js';

/** Asks for so many random bytes. @typedef {(bytes: number) => Uint8Array} Random */

/** @param {Random} random @returns {string} 32 hex characters, 128 random bits */
export function newId(random) {
  return hexOf(random, 16);
}

/** @param {Random} random @param {number} bytes @returns {string} */
export function hexOf(random, bytes) {
  const drawn = random(bytes);
  if (drawn.length !== bytes) throw new RangeError(`asked for ${bytes} random bytes, got ${drawn.length}`);
  return hex(drawn);
}

/** @param {unknown} value @returns {value is string} 32 lower-case hex characters */
export function isId(value) {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}
