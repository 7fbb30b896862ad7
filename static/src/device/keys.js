/**
 * The device key: ECDSA P-256, private half not extractable. Whoever calls keeps the pair (IndexedDB stores CryptoKey
 * objects as they are); nothing here remembers it.
 */

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * A new key pair; the private key cannot leave the browser.
 * @returns {Promise<CryptoKeyPair>}
 */
export async function makeDeviceKey() {
  return crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
}

/**
 * The public half as SPKI DER.
 * @param {CryptoKey} publicKey
 * @returns {Promise<Uint8Array>}
 */
export async function exportSpki(publicKey) {
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}

/**
 * ECDSA P-256 SHA-256 over the bytes (text: its UTF-8), as raw r‖s, 64 bytes.
 * @param {CryptoKey} privateKey
 * @param {Uint8Array | string} message
 * @returns {Promise<Uint8Array>}
 */
export async function signRaw(privateKey, message) {
  const bytes = typeof message === 'string' ? new TextEncoder().encode(message) : message;
  return new Uint8Array(await crypto.subtle.sign(SIGNING, privateKey, /** @type {BufferSource} */ (bytes)));
}
