/** The Authorization line of a request: device, session and the digest of the body under the device's key. */
import { base64url } from '../core/base64.js';
import { signRaw } from '../device/keys.js';
import { loadKey } from '../store/keys.js';
import { getSetting } from '../store/settings.js';
import { NotEnrolled } from './errors.js';

/** Signs text, answers raw r‖s. @typedef {(text: string) => Promise<Uint8Array>} Sign */

/**
 * Who signs here.
 * @returns {Promise<{device: string, sign: Sign}>}
 * @throws {NotEnrolled}
 */
export async function signer() {
  const [device, pair] = await Promise.all([getSetting('device'), loadKey()]);
  if (!device || !pair) throw new NotEnrolled();
  return { device, sign: (text) => signRaw(pair.privateKey, text) };
}

/**
 * @param {{method: string, path: string, session: string, body: string}} request `path` with query, as sent; `body`:
 *   hex SHA-256 of the body, `-` for none
 * @param {{device: string, sign: Sign}} who
 * @returns {Promise<string>}
 */
export async function authorization({ method, path, session, body }, { device, sign }) {
  const text = `dockproof-request-1\n${method}\n${path}\n${session}\n${body}\n`;
  const signature = base64url(await sign(text));
  return `Dockproof device=${device},session=${session},body=${body},sig=${signature}`;
}
