/** When the server has bytes for good: it says `verified` with this phone's own hash and length, and nothing less. */
import { ApiError } from './errors.js';
import { bareHash } from '../store/snapshot.js';
import { startOver, uploadOf } from './upload.js';

/** Sent whole so often, and the server still has other bytes: somebody must look. */
const RESTARTS = 2;

/** The server does not have the bytes yet, though all were sent; asked again later. */
export class NotVerifiedYet extends Error {}

/**
 * Bytes, then the server's word for them. A blocked phone may send none: the desk may have them from its file.
 * @param {() => Promise<void>} send
 * @param {() => Promise<void>} verify
 * @returns {Promise<void>}
 */
export async function unlessBlocked(send, verify) {
  try {
    await send();
  } catch (error) {
    // The answer to a HEAD has no body that could say `device_revoked`.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return verify().catch(() => Promise.reject(error));
  }
  await verify();
}

/**
 * What the server says of bytes that were sent whole. Other bytes are forgotten there and sent again, twice.
 * @param {string} id of the record under which they were sent
 * @param {NonNullable<import('../store/db.js').Receipt['file']> | null | undefined} file of the receipt just given
 * @param {{bytes: number, sha256: string | null}} own
 * @returns {Promise<'verified' | 'mismatch'>}
 * @throws {NotVerifiedYet}
 */
export async function wordOfServer(id, file, own) {
  const { serverSha256, restarts } = await uploadOf(id);
  const wrong = file?.state === 'mismatch' || (serverSha256 !== null && serverSha256 !== own.sha256);
  const same = file && bareHash(file.sha256) === own.sha256 && file.bytes === own.bytes;
  if (!wrong && same && file.state === 'verified') return 'verified';
  if (!wrong) throw new NotVerifiedYet(`the server says ${file?.state ?? 'nothing'}`);
  if (restarts >= RESTARTS) return 'mismatch';
  await startOver(id);
  throw new NotVerifiedYet('the server has other bytes');
}
