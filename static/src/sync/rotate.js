/**
 * The phone changes its key. The new one is stored before anything is asked, so a lost answer or a crash is made good by
 * asking again: whichever of the two keys the server knows, it signs the request (`api.js`). Records wait meanwhile.
 */
import { base64, base64url } from '../core/base64.js';
import { exportSpki, makeDeviceKey, signRaw } from '../device/keys.js';
import { finishKeyChange, formerKey, startKeyChange, undoKeyChange } from '../store/key_change.js';
import { loadKey } from '../store/keys.js';
import { withLock } from '../store/locks.js';
import { getSetting } from '../store/settings.js';
import { mustBeJson, mustBeOk, signedAnswer, signedFetch } from './api.js';
import { ApiError, NotEnrolled } from './errors.js';

/** Refusals that say nothing about the key: asked again later. */
const PASSES = new Set(['too_many_requests', 'session_stale', 'authorization_wrong', 'server_failed', 'device_unknown']);

/**
 * Changes the key of this phone, or ends a change that was cut off.
 * @returns {Promise<void>} when the server has the new key
 * @throws {ApiError} the server refuses: the old key stays in force
 * @throws {import('./errors.js').Offline | NotEnrolled} not known yet: goes on with the next sending, also after a crash
 */
export async function changeKey() {
  if (!(await loadKey()) || !(await getSetting('device'))) throw new NotEnrolled();
  await startKeyChange(await makeDeviceKey());
  const refused = await settleKey();
  if (refused) throw refused;
}

/** @returns {Promise<boolean>} whether a change still waits for the server's answer */
export async function keyWaits() {
  return (await formerKey()) !== null;
}

/**
 * Ends a change that waits; nothing to do otherwise. Before records are sent: the server must know the key that signed them.
 * @returns {Promise<ApiError | null>} why the server will not have the new key; the old one is in force again
 * @throws {ApiError | import('./errors.js').Offline | NotEnrolled} not known yet
 */
export function settleKey() {
  return withLock('key', async () => {
    const former = await formerKey();
    if (!former) return null;
    try {
      mustBeJson(await signedFetch('POST', '/keys', { json: await statement(former.lastSeq) }));
    } catch (error) {
      if (!(error instanceof ApiError) || PASSES.has(error.code) || error.status >= 500) throw error;
      // A blocked phone is not told which key the server has; an empty sending is.
      if (error.code !== 'device_revoked' || !(await knowsNewKey())) {
        await undoKeyChange(async (pair, text) => base64url(await signRaw(pair.privateKey, text)));
        return error;
      }
    }
    await finishKeyChange();
    return null;
  });
}

/** @param {number} lastSeq number of the last record that the old key signed */
async function statement(lastSeq) {
  const [device, pair] = await Promise.all([getSetting('device'), loadKey()]);
  if (!device || !pair) throw new NotEnrolled();
  const publicKey = base64(await exportSpki(pair.publicKey));
  const proof = base64url(await signRaw(pair.privateKey, `dockproof-key-1\n${device}\n${lastSeq}\n${publicKey}\n`));
  return { public_key: publicKey, proof, last_seq: lastSeq };
}

/** @returns {Promise<boolean>} */
async function knowsNewKey() {
  const answer = await signedAnswer('POST', '/records', { json: { records: [] }, onlyNewKey: true });
  if (answer.status === 401 && answer.json?.error?.code === 'authorization_wrong') return false;
  mustBeOk(answer);
  return true;
}
