/** Keeps that a parcel nobody knows is held. */

import { wall } from '../device/clock.js';
import { heldBefore } from '../store/held.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { NO_PARCEL, unidentifiedDraft } from './receiving_drafts.js';

/** @typedef {import('./viewfinder.js').Shot} Shot */

/**
 * Holds the parcel with a picture of its waybill's side (EV-12); one that is held already only gets another picture.
 * @param {string} text scanned or typed
 * @param {Shot | null} shot
 * @returns {Promise<string>} the `unidentified` record's id
 */
export async function holdParcel(text, shot) {
  const id = (await heldBefore(text, wall()))?.id ?? (await keepRecord(unidentifiedDraft(text, nowSpan()))).id;
  if (shot) await keepPhoto({ refs: NO_PARCEL, slot: 'EV-12', about: id, ...shot });
  return id;
}
