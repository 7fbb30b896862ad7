/** The Authorization line of a request: device, session and the digest of the body under the device's key. */
import { base64url } from '../core/base64.js';
import { signRaw } from '../device/keys.js';
import { formerKey } from '../store/key_change.js';
import { loadKey } from '../store/keys.js';
import { getSetting } from '../store/settings.js';
import { NotEnrolled } from './errors.js';

/** Signs text, answers raw r‖s. @typedef {(text: string) => Promise<Uint8Array>} Sign */

/**
 * Who signs here: the key in force, then the one that it replaces, as long as the server may know either.
 * @returns {Promise<{device: string, sign: Sign}[]>} at least one
 * @throws {NotEnrolled}
 */
export async function signers() {
  const [device, pair, former] = await Promise.all([getSetting('device'), loadKey(), formerKey()]);
  if (!device || !pair) throw new NotEnrolled();
  const pairs = former ? [pair, former.pair] : [pair];
  return pairs.map(({ privateKey }) => ({ device, sign: (text) => signRaw(privateKey, text) }));
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
