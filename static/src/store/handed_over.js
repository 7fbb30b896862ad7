/** Parcels that went to international freight: as the server told, and what this phone recorded since. */
import { deviceToServer } from '../core/receipt_time.js';
import { parseRecord } from '../core/record.js';
import { recordsSince } from './journal.js';
import { snapshotAt } from './snapshot.js';

/**
 * @param {import('./snapshot.js').Parcel} parcel
 * @returns {Promise<number | null>} when it was handed over, epoch milliseconds by the server's clock where it is known
 */
export async function handedOverAt(parcel) {
  const own = await ownHandovers((await snapshotAt()) ?? 0);
  return own.get(parcel.id) ?? (parcel.handed_over ? Date.parse(parcel.handed_over) : null);
}

/**
 * Parcel → when, by hand-overs of this phone that the snapshot cannot know.
 * @param {number} savedAt device epoch milliseconds
 * @returns {Promise<Map<string, number>>}
 */
async function ownHandovers(savedAt) {
  const records = (await recordsSince(null, savedAt)).map(({ text }) => parseRecord(text));
  const gone = new Set(records.map(({ supersedes }) => supersedes));
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const { id, kind, wall, offset, values } of records) {
    if (kind !== 'handover' || gone.has(id)) continue;
    const at = deviceToServer(wall.start, offset ?? null)?.ms ?? wall.start;
    for (const parcel of values?.parcels?.split(' ') ?? []) found.set(parcel, at - Number(values?.ago ?? 0) * 60_000);
  }
  return found;
}
