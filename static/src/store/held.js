/** Parcels nobody knew that are held at this site, by this phone or another: one that is scanned again is not held twice. */
import { parseLabel } from '../core/label.js';
import { parseRecord } from '../core/record.js';
import { readSpelling, stickerKey } from '../core/sticker.js';
import { recordsSince } from './journal.js';
import { workers } from './snapshot.js';
import { readHolds } from './snapshot_rows.js';

/** `at`: epoch milliseconds, by this phone's clock of what it held itself. @typedef {{id: string, at: number, worker: string | null}} HeldBefore */

const KEPT_MS = 14 * 24 * 3_600_000;

/** @param {string} text scanned or typed @returns {string} the same for two readings of one code */
export function heldKey(text) {
  return parseLabel(text).code ?? stickerKey(text);
}

/**
 * @param {string} text
 * @param {number} now device epoch milliseconds
 * @returns {Promise<HeldBefore | null>} the `unidentified` record: this phone's own, else what the server told of others
 */
export async function heldBefore(text, now) {
  const key = heldKey(text);
  if (!key) return null;
  const [rows, undone] = await Promise.all([recordsSince('unidentified', now - KEPT_MS), recordsSince('withdrawal', now - KEPT_MS)]);
  const gone = new Set(undone.map((row) => parseRecord(row.text).supersedes));
  for (const row of rows) {
    const { values, worker } = parseRecord(row.text);
    if (values?.alias && !gone.has(row.id) && heldKey(readSpelling(values.alias)) === key) {
      return { id: row.id, at: row.at, worker: (await workers()).find(({ id }) => id === worker)?.name ?? null };
    }
  }
  const told = (await readHolds())[key];
  return told && !gone.has(told.id) ? { ...told, at: Date.parse(told.at) } : null;
}
