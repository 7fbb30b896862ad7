/** Brings in what a phone needs to work without a network: snapshot, pictures, challenges. */
import { sha256Hex } from '../core/hash.js';
import { wall } from '../device/clock.js';
import { withLock } from '../store/locks.js';
import { addChallenges, countChallenges, POOL } from '../store/challenges.js';
import { missingPictures, savePicture } from '../store/pictures.js';
import { bareHash, pictureHashes, saveSnapshot } from '../store/snapshot.js';
import { snapshotToken } from '../store/snapshot_rows.js';
import { putSetting } from '../store/settings.js';
import { mustBeJson, signedFetch } from './api.js';
import { ApiError } from './errors.js';

/**
 * @returns {Promise<void>} when snapshot and challenges are here; pictures go on arriving, `pictures` says when
 * @throws {import('./errors.js').ApiError | import('./errors.js').Offline | import('./errors.js').NotEnrolled}
 */
export async function refreshSnapshot() {
  // One at a time: two merges of one token's answers would tell each other's rows apart wrongly.
  await withLock('snapshot', fetchSnapshot);
  await topUpChallenges();
  pictures = withLock('pictures', fetchPictures).catch(() => undefined);
}

/** Orders and parcels that come in one answer: so many are read and kept without a pause that a hand would feel. */
const MOST = 1000;

/** Piece by piece; what came stays, and a cut line goes on with the next. @returns {Promise<void>} */
async function fetchSnapshot() {
  for (let token = await snapshotToken(); ; ) {
    const askedAt = wall();
    const told = mustBeJson(await signedFetch('GET', `/snapshot?since=${token}&most=${MOST}&skus=marks`));
    // An older server knows no `since`: it sends everything, in one value.
    await saveSnapshot(told, askedAt);
    await putSetting('site', told.site);
    if (!told.more || !told.token || told.token === token) return;
    token = told.token;
  }
}

/** The pictures under way; a lost one is asked for again at the next refresh. @type {Promise<void>} */
export let pictures = Promise.resolve();

/** @returns {Promise<void>} */
export async function topUpChallenges() {
  const n = POOL - (await countChallenges());
  if (n <= 0) return;
  const { challenges } = mustBeJson(await signedFetch('POST', '/challenges', { json: { n } }));
  await addChallenges(challenges);
}

/** One at a time: a phone holds one picture in memory, and uploads keep most of the line. */
async function fetchPictures() {
  for (const sha256 of await missingPictures(await pictureHashes())) {
    const answer = await pictureAnswer(sha256);
    if (!answer || bareHash(sha256Hex(new Uint8Array(answer.bytes))) !== sha256) continue;
    await savePicture(sha256, answer.headers.get('Content-Type') ?? 'image/jpeg', answer.bytes);
  }
}

/** @param {string} sha256 */
async function pictureAnswer(sha256) {
  try {
    return await signedFetch('GET', `/pictures/${sha256}`);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}
