/** The device's keys, kept as CryptoKey objects: their private halves cannot be read out. */
import { openDb, write } from './db.js';

/** @typedef {{privateKey: CryptoKey, publicKey: CryptoKey}} KeyPair */
/**
 * A key that is on its way out: kept until the server has answered. `lastSeq`: the last record that it signed.
 * @typedef {{pair: KeyPair, lastSeq: number}} FormerKey
 */

/** @returns {Promise<CryptoKeyPair | null>} null before enrolment */
export async function loadKey() {
  const pair = /** @type {CryptoKeyPair | undefined} */ (await (await openDb()).get('keys', 'device'));
  return pair ?? null;
}

/** A key from enrolment: what went before it is forgotten. @param {KeyPair} pair @returns {Promise<void>} */
export async function saveKey(pair) {
  await write(['keys'], async (tx) => {
    await tx.objectStore('keys').put(pairOf(pair), 'device');
    await tx.objectStore('keys').delete('former');
  });
}

/** @param {KeyPair} pair */
function pairOf({ privateKey, publicKey }) {
  return { privateKey, publicKey };
}

/**
 * The secret that binds PIN verifiers to this device; made at first use, never leaves the browser.
 * @returns {Promise<CryptoKey>} HMAC SHA-256, not extractable
 */
export async function loadPinKey() {
  const kept = /** @type {CryptoKey | undefined} */ (await (await openDb()).get('keys', 'pin'));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return write(['keys'], async (tx) => {
    const store = tx.objectStore('keys');
    const first = /** @type {CryptoKey | undefined} */ (await store.get('pin'));
    if (!first) await store.put(made, 'pin');
    return first ?? made;
  });
}
