/** Keeps a photo: its bytes and its signed record, durable together before anybody is told that it is kept. */

import { hex } from '../core/hash.js';
import { appendRecord } from '../store/journal.js';
import { poke } from '../sync/drain.js';
import { subject } from './count_drafts.js';
import { nowSpan, recordMeans } from './keep_record.js';

/**
 * What a photo shows. `refs` without a parcel: of a courier's slip, or of a parcel nobody knows.
 * `at`: milliseconds in the running take `take`, of a still; `about`: the record that it shows (a weighing, a defect).
 * @typedef {object} PhotoDraft
 * @property {{parcel: string | null, orders: readonly string[], label: string | null}} refs
 * @property {string} slot EV-nn
 * @property {readonly string[]} [also] up to 5 more slots that the same picture fills
 * @property {string | null} [line] id
 * @property {string | null} [take] id
 * @property {number | null} [at]
 * @property {string | null} [about] id
 * @property {string | null} [supersedes] id of the photo that this one replaces
 * @property {'camera' | 'still' | 'input'} source
 * @property {ArrayBuffer} data not empty; left as it is
 * @property {string} mime
 */

/**
 * @param {PhotoDraft} photo
 * @returns {Promise<{ id: string }>} its record's
 * @throws {Error} not enrolled, or storage refused: then nothing of it is kept
 */
export async function keepPhoto(photo) {
  const { data, mime } = photo;
  const times = nowSpan();
  const sha256 = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', data)));
  const draft = { ...photoDraft(photo, times), file: { sha256, bytes: data.byteLength, mime } };
  const { id } = await appendRecord(draft, await recordMeans(), data);
  poke();
  return { id };
}

/**
 * @param {PhotoDraft} photo
 * @param {import('./count_drafts.js').Times} times
 */
export function photoDraft({ refs, slot, also = [], line = null, take = null, at = null, about = null, supersedes = null, source }, times) {
  const more = also.filter((one, i) => one !== slot && also.indexOf(one) === i);
  const values = { source, line, take, at: at === null ? null : String(Math.round(at)), about, also: more.join(' ') || null };
  return { kind: /** @type {const} */ ('photo'), slot, ...subject(refs), ...times, values, supersedes };
}
