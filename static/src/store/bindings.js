/** What this phone has bound to parcels and the server's snapshot cannot know yet. */
import { parseRecord } from '../core/record.js';
import { stickerKey } from '../core/sticker.js';
import { recordsSince } from './journal.js';

/** @typedef {{labels: Map<string, string>, stickers: Map<string, string>}} Bindings */

/**
 * @param {number} since device epoch milliseconds: when the snapshot was asked for
 * @returns {Promise<Bindings>} label code, or sticker key, to parcel id; the first binding stands
 */
export async function ownBindings(since) {
  /** @type {Bindings} */
  const own = { labels: new Map(), stickers: new Map() };
  for (const row of await recordsSince('bind', since)) {
    // What the server set aside, or found in the way, binds nothing.
    if (row.state !== 'pending' && row.state !== 'accepted') continue;
    if (row.receipt?.findings?.some(({ code }) => code.startsWith('bind_'))) continue;
    const { code, alias, parcel } = parseRecord(row.text);
    if (!parcel) continue;
    if (code && !own.labels.has(code)) own.labels.set(code, parcel);
    const key = alias ? stickerKey(alias) : '';
    if (key && !own.stickers.has(key)) own.stickers.set(key, parcel);
  }
  return own;
}

/** @param {Bindings} own @param {string} parcelId @returns {string[]} codes that this phone bound to the parcel */
export function ownLabels(own, parcelId) {
  return [...own.labels].flatMap(([code, parcel]) => (parcel === parcelId ? [code] : []));
}
