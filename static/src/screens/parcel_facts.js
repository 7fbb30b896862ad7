/** A parcel as the screens show it: the store's view, its pictures, and its receipt time in words. */

import { formatInstant, receiptLimits, RECEIPT_LIMIT_HOURS } from '../core/deadlines.js';
import { parseRecord } from '../core/record.js';
import { recordsOfParcel } from '../store/journal.js';
import { loadPicture } from '../store/pictures.js';
import { bareHash, parcelView } from '../store/snapshot.js';
import { t } from '../ui/words.js';

/** @typedef {import('../store/snapshot.js').ParcelView} ParcelView */

/**
 * @typedef {object} ParcelFacts
 * @property {string} id
 * @property {ParcelView} view
 * @property {string} customerCode empty when nobody gave one
 * @property {string | null} label the newest valid label code
 * @property {string | null} waybill
 * @property {ParcelView['orders']} orders
 * @property {ParcelView['lines']} lines
 * @property {boolean} received by the server's word or by this phone's own record
 * @property {Map<string, string>} pictures line id to a URL of this page
 */

/** Object URLs by hash: made once a page session, since the same goods come back all day. @type {Map<string, string>} */
const urls = new Map();

/** @param {string} sha256 @returns {Promise<string | null>} */
async function pictureUrl(sha256) {
  const kept = urls.get(sha256);
  if (kept) return kept;
  const blob = await loadPicture(sha256);
  if (!blob) return null;
  const url = URL.createObjectURL(blob);
  urls.set(sha256, url);
  return url;
}

/**
 * @param {string} id
 * @returns {Promise<ParcelFacts | null>} null: this phone does not know the parcel
 */
export async function loadParcel(id) {
  const view = await parcelView(id);
  if (!view) return null;
  /** @type {Map<string, string>} */
  const pictures = new Map();
  for (const line of view.lines) {
    const url = line.picture ? await pictureUrl(bareHash(line.picture)) : null;
    if (url) pictures.set(line.id, url);
  }
  return {
    id,
    view,
    customerCode: view.customerCode ?? '',
    label: view.parcel.labels.at(-1) ?? null,
    waybill: view.parcel.waybills[0]?.number ?? null,
    orders: view.orders,
    lines: view.lines,
    received: view.source !== null,
    pictures,
  };
}

/**
 * What a record names of the parcel.
 * @param {ParcelFacts} facts
 * @returns {import('./count_drafts.js').ParcelRefs}
 */
export function refsOf(facts) {
  return {
    parcel: facts.id,
    orders: facts.view.parcel.orders,
    label: facts.label,
    lines: facts.lines.map((line) => line.id),
  };
}

/**
 * The receipt time and the limits that follow from it, for the pixels. Without a measured clock nothing is claimed.
 * @param {ParcelFacts} facts
 * @returns {{ received: string, limits: string[] }}
 */
export function receiptTexts({ view }) {
  if (view.receivedMs === null) return { received: t('count.overlay_no_time'), limits: [] };
  const zone = view.receivedZone;
  const limits = receiptLimits(view.receivedMs).map(
    (ms, i) => `${RECEIPT_LIMIT_HOURS[i]}h ${formatInstant(ms, zone).slice(5, 16)}`,
  );
  return { received: t('count.overlay_received', { at: formatInstant(view.receivedMs, zone) }), limits };
}

/**
 * The receiver's own next limit: the first hours after the receipt.
 * @param {ParcelView} view
 * @returns {string | null} null while the receipt time is unknown
 */
export function actByText(view) {
  const first = view.receivedMs === null ? undefined : receiptLimits(view.receivedMs)[0];
  return first === undefined ? null : formatInstant(first, view.receivedZone);
}

/** @param {ParcelView} view @returns {string | null} null: not received yet, or no clock to say when */
export function receivedText(view) {
  return view.receivedMs === null ? null : formatInstant(view.receivedMs, view.receivedZone);
}

/**
 * Lines of which a finished count found goods: only those are sampled.
 * @param {ParcelFacts} facts
 * @param {readonly import('../core/receiving.js').Fact[]} recorded
 * @returns {Promise<string[]>} ids, in the parcel's line order; all lines where the count is not known here
 */
export async function countedLines({ id, lines }, recorded) {
  const takes = new Set(recorded.filter(({ kind, gone, slot }) => kind === 'take' && !gone && slot === 'EV-18').map((take) => take.id));
  const rows = (await recordsOfParcel(id)).filter((row) => takes.has(row.id));
  const own = rows.length > 0 ? parseRecord(rows[rows.length - 1]?.text ?? '').tally ?? [] : [];
  const told = lines.flatMap((line) => (line.counted ?? []).filter(([parcel]) => parcel === id).map(([, units]) => ({ line: line.id, units })));
  const tally = own.length > 0 ? own : told;
  const found = new Set(tally.filter(({ units }) => units > 0).map(({ line }) => line));
  return lines.map((line) => line.id).filter((line) => tally.length === 0 || found.has(line));
}
