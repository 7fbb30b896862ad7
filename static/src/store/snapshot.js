/**
 * What the phone knows of orders and parcels without a network: the server's last snapshot, and over it this phone's own
 * facts that the snapshot cannot know yet.
 */
import { parseLabel } from '../core/label.js';
import { deviceToServer } from '../core/receipt_time.js';
import { parseRecord } from '../core/record.js';
import { skuMark } from '../core/sku_marks.js';
import { stickerKey } from '../core/sticker.js';
import { waybillKeys } from '../core/waybill.js';
import { ownBindings, ownLabels } from './bindings.js';
import { openDb } from './db.js';
import { recordsOfParcel } from './journal.js';
import { convertOld, eachOrder, eachParcel, markKey, mergeTold, parcelsBy, readAliases, readBlanks, readHead, readOrders, readParcel } from './snapshot_rows.js';

/**
 * What the server adds for receiving (from "Receiving on the phone" on; absent from older servers): a line's `check` and
 * what is `counted` of it at this stage (parcel id, units), of so many `parcels`, in Vietnam after the own count also what
 * `china` counted; a parcel's `facts` (`at` ISO),
 * `least_grams`, unfinished takes and the receiver's own next limit; an order's `sampling`.
 * @typedef {{id: string, seq: number, title: string, spec: string | null, colour: string | null, size: string | null,
 *   unit: string | null, sku_id: string | null, picture: string | null, pack_factor?: number | null,
 *   unit_weight_mg?: number | null, check?: string | null, codes?: string[], marks?: string, counted?: [string, number][], china?: [string, number][],
 *   parcels?: number}} Line
 * @typedef {Omit<import('../core/receiving.js').Fact, 'at'> & {at: string, site?: string, seed?: string, opened?: string}} ToldFact
 * `ended_at` null: it runs, or its phone has not said; `units` (line, units) of the whole count so far, null: not known;
 * `before`: who counted the films that it goes on with itself; `label`: of its parcel, as it was filmed.
 * @typedef {{take: string, worker: string | null, started_at: string, ended_at?: string | null,
 *   units?: [string, number][] | null, before?: (string | null)[], label?: string | null}} OpenTake
 * @typedef {import('../core/inspection.js').Sampling} Sampling
 * @typedef {{line: string | null, phrase: string | null, text: string}} Check
 * @typedef {{id: string, order_no: string, customer_code: string | null, supplier: string | null, remark: string | null,
 *   lines: Line[], plan?: import('../core/plan.js').Plan, checks?: Check[], sampling?: Sampling}} Order
 * @typedef {{id: string, orders: string[], customer_code: string | null,
 *   waybills: {courier: string | null, number: string, number_norm: string}[], labels: string[],
 *   voided_labels: string[], received_at: string | null, received_zone: string | null, facts?: ToldFact[],
 *   least_grams?: number | null, marks?: string, open_takes?: OpenTake[], act_by?: string | null,
 *   handed_over?: string | null, wanted?: import('../core/wanted.js').Wanted[]}} Parcel
 * @typedef {{id: string, at: string, worker: string | null}} Hold
 * A freight contract; `notice_hours` null: not known.
 * @typedef {{id: string, customer_code: string | null, carrier: string, reference: string, notice_hours: number | null}} Contract
 * @typedef {{site: import('./settings.js').Site, workers: import('./settings.js').Worker[], orders: Order[],
 *   parcels: Parcel[], blanks?: {customer_code: string | null, codes: string}[], aliases?: Record<string, string>, holds?: Record<string, Hold>,
 *   contracts?: Contract[], server_time_ms: number}} Snapshot
 */
/**
 * `receivedMs` is by the server's clock; `receivedPm` its uncertainty. `source` `phone`: this phone's own record, the
 * server has not confirmed it, so it is assumed; without a measured offset `receivedMs` stays null and only the time
 * since `arrivedDeviceMs` may be shown.
 * @typedef {{parcel: Parcel, orders: Order[], lines: (Line & {orderId: string})[], customerCode: string | null,
 *   receivedAt: string | null, receivedMs: number | null, receivedPm: number, receivedZone: string,
 *   source: 'server' | 'phone' | null, assumed: boolean, arrivedDeviceMs: number | null}} ParcelView
 */
/**
 * `others`: one waybill number on parcels of two couriers; the first is `parcel`.
 * @typedef {{kind: 'parcel', parcel: Parcel, voided: boolean, others: Parcel[]} | {kind: 'none'}
 *   | {kind: 'blank', code: string, customerCode: string | null}} Found
 */

const CODE_LENGTH = 10;

/**
 * @param {import('./snapshot_rows.js').Told} json the server's body: a whole snapshot, or what changed since one
 * @param {number} askedAt device epoch milliseconds when it was asked for: own facts since then are not in it
 * @returns {Promise<void>}
 */
export async function saveSnapshot(json, askedAt) {
  await convertOld();
  await mergeTold(json, askedAt);
  whole = null;
}

/** @returns {Promise<number | null>} device epoch milliseconds of the last snapshot; null: none yet */
export async function snapshotAt() {
  await convertOld();
  return /** @type {number | undefined} */ (await (await openDb()).get('snapshot', 'savedAt')) ?? null;
}

/** @returns {Promise<{head: import('./snapshot_rows.js').Head, savedAt: number} | null>} */
async function load() {
  const [savedAt, head] = [await snapshotAt(), await readHead()];
  return savedAt === null || !head ? null : { head, savedAt };
}

/** @param {string} code @returns {Promise<{customerCode: string | null} | null>} null: no blank label of this site */
async function blankOf(code) {
  for (const { customer_code: customerCode, codes } of await readBlanks()) {
    for (let at = codes.indexOf(code); at >= 0; at = codes.indexOf(code, at + 1)) {
      // Across two codes that stand side by side it is none.
      if (at % CODE_LENGTH === 0) return { customerCode };
    }
  }
  return null;
}

/** @param {string} code @returns {Promise<{parcel: Parcel, voided: boolean} | null>} */
async function labelled(code) {
  const [parcel] = await parcelsBy('labels', code);
  if (parcel) return { parcel, voided: false };
  const [former] = await parcelsBy('voided_labels', code);
  return former ? { parcel: former, voided: true } : null;
}

/**
 * @param {string} text what a scanner read or a person typed
 * @returns {Promise<Found>} an exact match only
 */
export async function findByScan(text) {
  const all = await load();
  if (!all) return { kind: 'none' };
  const { code } = parseLabel(text);
  const own = await ownBindings(all.savedAt);
  const known = code && (await labelled(code));
  if (known) return { kind: 'parcel', ...known, others: [] };
  const tied = code && (await readParcel(own.labels.get(code)));
  if (tied) return { kind: 'parcel', parcel: tied, voided: false, others: [] };
  const blank = code ? await blankOf(code) : null;
  if (code && blank) return { kind: 'blank', code, ...blank };
  const [goods] = code ? await parcelsBy('numbers', markKey(skuMark(all.head.site.id, code))) : [];
  if (goods) return { kind: 'parcel', parcel: goods, voided: false, others: [] };
  for (const key of waybillKeys(text)) {
    const [parcel, ...others] = await parcelsBy('numbers', key);
    if (parcel) return { kind: 'parcel', parcel, voided: false, others };
  }
  const key = stickerKey(text);
  const bound = (await readParcel((await readAliases())[key])) ?? (await readParcel(own.stickers.get(key)));
  if (bound) return { kind: 'parcel', parcel: bound, voided: false, others: [] };
  return { kind: 'none' };
}

/** People of this site, for the start of a shift. @returns {Promise<import('./settings.js').Worker[]>} */
export async function workers() {
  // With the first piece already: nobody can begin a shift without.
  await convertOld();
  return (await readHead())?.workers ?? [];
}

/**
 * @param {string} parcelId
 * @returns {Promise<{parcel: Parcel, lines: Line[], siteKind: string, serverMs: number} | null>} as the server told it,
 *   `serverMs` by its clock
 */
export async function toldOf(parcelId) {
  const [all, parcel] = [await load(), await readParcel(parcelId)];
  if (!all || !parcel) return null;
  const { site, server_time_ms: serverMs } = all.head;
  const lines = (await readOrders(parcel.orders)).flatMap((order) => order.lines);
  return { parcel, lines, siteKind: site.kind, serverMs };
}

/** What `toldAll` read last; another tab may have saved a newer one. @type {Awaited<ReturnType<typeof toldAll>>} */
let whole = null;

/**
 * Everything at once, for lists; whoever wants one parcel asks for that.
 * @returns {Promise<{parcels: Parcel[], orders: ReadonlyMap<string, Order>, site: import('./settings.js').Site, savedAt: number} | null>}
 *   `savedAt`: device epoch milliseconds; null: no snapshot yet
 */
export async function toldAll() {
  const all = await load();
  if (!all) return null;
  if (whole?.savedAt === all.savedAt && whole.site.id === all.head.site.id) return whole;
  /** @type {Parcel[]} */
  const parcels = [];
  /** @type {Map<string, Order>} */
  const orders = new Map();
  await eachParcel((some) => void parcels.push(...some));
  await eachOrder((some) => some.forEach((order) => orders.set(order.id, order)));
  whole = { parcels, orders, site: all.head.site, savedAt: all.savedAt };
  return whole;
}

/** Hashes of all pictures the snapshot names. @returns {Promise<Set<string>>} */
export async function pictureHashes() {
  /** @type {Set<string>} */
  const hashes = new Set();
  if (!(await load())) return hashes;
  await eachOrder((some) => {
    for (const { lines } of some) for (const { picture } of lines) if (picture) hashes.add(bareHash(picture));
  });
  return hashes;
}

/** @param {string} name `sha256:<hex>` or hex @returns {string} hex */
export function bareHash(name) {
  return name.replace(/^sha256:/, '');
}

/**
 * @param {string} id
 * @returns {Promise<ParcelView | null>} lines in the parcel's line order: order by order, each by its sequence
 */
export async function parcelView(id) {
  const all = await load();
  const said = await readParcel(id);
  if (!all || !said) return null;
  const bound = ownLabels(await ownBindings(all.savedAt), id).filter((code) => !said.labels.includes(code));
  // The last label is the parcel's own print, where it has one.
  const parcel = { ...said, labels: [...bound, ...said.labels] };
  const orders = await readOrders(parcel.orders);
  const lines = orders.flatMap((order) =>
    [...order.lines].sort((a, b) => a.seq - b.seq).map((line) => ({ ...line, orderId: order.id })),
  );
  const customerCode = parcel.customer_code ?? orders.find((order) => order.customer_code)?.customer_code ?? null;
  return { parcel, orders, lines, customerCode, ...(await receiptOf(parcel, all)) };
}

/**
 * @param {Parcel} parcel
 * @param {{head: import('./snapshot_rows.js').Head, savedAt: number}} all
 * @returns {Promise<Pick<ParcelView, 'receivedAt' | 'receivedMs' | 'receivedPm' | 'receivedZone' | 'source' | 'assumed' | 'arrivedDeviceMs'>>}
 */
async function receiptOf(parcel, { head, savedAt }) {
  const here = head.site.kind === 'VN_warehouse';
  const zone = (here ? null : parcel.received_zone) ?? head.site.zone;
  const receivedAt = here ? toldArrival(parcel) : parcel.received_at;
  if (receivedAt) {
    const receivedMs = Date.parse(receivedAt);
    const rest = { receivedPm: 0, source: /** @type {const} */ ('server'), assumed: false, arrivedDeviceMs: null };
    return { receivedAt, receivedMs, receivedZone: zone, ...rest };
  }
  const own = await ownArrival(parcel.id, savedAt);
  if (!own) {
    const none = { receivedAt: null, receivedMs: null, receivedPm: 0, source: null };
    return { ...none, receivedZone: zone, assumed: false, arrivedDeviceMs: null };
  }
  const arrivedDeviceMs = own.wall.start;
  const at = deviceToServer(arrivedDeviceMs, own.offset);
  return {
    receivedAt: at && new Date(at.ms).toISOString(),
    receivedMs: at?.ms ?? null,
    receivedPm: at?.pm ?? 0,
    receivedZone: zone,
    source: 'phone',
    assumed: true,
    arrivedDeviceMs,
  };
}

/** The first arrival at this site: what a parcel's receipt says is China's, and its limits are not Vietnam's. @param {Parcel} parcel */
function toldArrival({ facts = [] }) {
  const found = facts.filter(({ kind, gone }) => kind === 'arrival' && !gone).map(({ at }) => at);
  return found.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
}

/**
 * This phone's first arrival of a parcel that the snapshot cannot know: not yet answered, or written after it was asked for.
 * @param {string} parcelId
 * @param {number} savedAt
 */
async function ownArrival(parcelId, savedAt) {
  const rows = await recordsOfParcel(parcelId);
  const own = rows.find((row) => row.kind === 'arrival' && (row.state === 'pending' || row.at >= savedAt));
  return own ? parseRecord(own.text) : null;
}
