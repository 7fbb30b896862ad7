/** Parcels nobody knew that this phone holds: one that is scanned again is not held twice. */
import { parseLabel } from '../core/label.js';
import { parseRecord } from '../core/record.js';
import { readSpelling, stickerKey } from '../core/sticker.js';
import { recordsSince } from './journal.js';

const KEPT_MS = 14 * 24 * 3_600_000;

/** @param {string} text scanned or typed @returns {string} the same for two readings of one code */
export function heldKey(text) {
  return parseLabel(text).code ?? stickerKey(text);
}

/**
 * @param {string} text
 * @param {number} now device epoch milliseconds
 * @returns {Promise<{id: string, at: number} | null>} the `unidentified` record of this phone, `at` by its clock
 */
export async function heldBefore(text, now) {
  const key = heldKey(text);
  if (!key) return null;
  const [rows, undone] = await Promise.all([recordsSince('unidentified', now - KEPT_MS), recordsSince('withdrawal', now - KEPT_MS)]);
  const gone = new Set(undone.map((row) => parseRecord(row.text).supersedes));
  for (const row of rows) {
    const alias = parseRecord(row.text).values?.alias;
    if (alias && !gone.has(row.id) && heldKey(readSpelling(alias)) === key) return { id: row.id, at: row.at };
  }
  return null;
}
