/**
 * What the phone knows of orders and parcels without a network: the server's last snapshot, and over it this phone's own
 * facts that the snapshot cannot know yet.
 */
import { parseLabel } from '../core/label.js';
import { deviceToServer } from '../core/receipt_time.js';
import { parseRecord } from '../core/record.js';
import { stickerKey } from '../core/sticker.js';
import { waybillKeys } from '../core/waybill.js';
import { ownBindings, ownLabels } from './bindings.js';
import { openDb, write } from './db.js';
import { recordsOfParcel } from './journal.js';

/**
 * What the server adds for receiving (from "Receiving on the phone" on; absent from older servers): a line's `check` and
 * what is `counted` of it at this stage (parcel id, units), of so many `parcels`; a parcel's `facts` (`at` ISO),
 * `least_grams`, unfinished takes and the receiver's own next limit; an order's `sampling`; `today`'s counters.
 * @typedef {{id: string, seq: number, title: string, spec: string | null, colour: string | null, size: string | null,
 *   unit: string | null, sku_id: string | null, picture: string | null, pack_factor?: number | null,
 *   unit_weight_mg?: number | null, check?: string | null, codes?: string[], counted?: [string, number][], parcels?: number}} Line
 * @typedef {Omit<import('../core/receiving.js').Fact, 'at'> & {at: string, site?: string}} ToldFact
 * @typedef {{take: string, worker: string | null, started_at: string}} OpenTake
 * @typedef {{plan: 'fix' | 'aql', level: string | null, aql: string | null}} Sampling
 * @typedef {{arrived: number, to_count: number, urgent: number}} Today
 * @typedef {{line: string | null, phrase: string | null, text: string}} Check
 * @typedef {{id: string, order_no: string, customer_code: string | null, supplier: string | null, remark: string | null,
 *   lines: Line[], plan?: import('../core/plan.js').Plan, checks?: Check[], sampling?: Sampling}} Order
 * @typedef {{id: string, orders: string[], customer_code: string | null,
 *   waybills: {courier: string | null, number: string, number_norm: string}[], labels: string[],
 *   voided_labels: string[], received_at: string | null, received_zone: string | null, facts?: ToldFact[],
 *   least_grams?: number | null, open_takes?: OpenTake[], act_by?: string | null}} Parcel
 * @typedef {{site: import('./settings.js').Site, workers: import('./settings.js').Worker[], orders: Order[],
 *   parcels: Parcel[], today?: Today, blanks?: {customer_code: string | null, codes: string}[], aliases?: Record<string, string>,
 *   server_time_ms: number}} Snapshot
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

/** @typedef {{snapshot: Snapshot, savedAt: number, parcels: Map<string, Parcel>, orders: Map<string, Order>,
 *   labels: Map<string, Parcel>, voided: Map<string, Parcel>, waybills: Map<string, Parcel[]>,
 *   blanks: Map<string, string | null>, aliases: Map<string, string>}} Known */

const CODE_LENGTH = 10;

/** @type {Known | null} */
let known = null;

/**
 * @param {Snapshot} json the server's body
 * @param {number} askedAt device epoch milliseconds when it was asked for: own facts since then are not in it
 * @returns {Promise<void>}
 */
export async function saveSnapshot(json, askedAt) {
  await write(['snapshot'], async (tx) => {
    await tx.objectStore('snapshot').put(json, 'current');
    await tx.objectStore('snapshot').put(askedAt, 'savedAt');
  });
  known = null;
}

/** @returns {Promise<number | null>} device epoch milliseconds of the last snapshot; null: none yet */
export async function snapshotAt() {
  return /** @type {number | undefined} */ (await (await openDb()).get('snapshot', 'savedAt')) ?? null;
}

/** @returns {Promise<Known | null>} */
async function load() {
  const savedAt = await snapshotAt();
  if (savedAt === null) return null;
  // Another tab may have saved a newer one.
  if (known?.savedAt === savedAt) return known;
  const snapshot = /** @type {Snapshot | undefined} */ (await (await openDb()).get('snapshot', 'current'));
  known = snapshot ? indexed(snapshot, savedAt) : null;
  return known;
}

/** @param {Snapshot} snapshot @param {number} savedAt @returns {Known} */
function indexed(snapshot, savedAt) {
  const labels = new Map();
  const voided = new Map();
  /** @type {Map<string, Parcel[]>} */
  const waybills = new Map();
  for (const parcel of snapshot.parcels) {
    for (const code of parcel.labels) labels.set(code, parcel);
    for (const code of parcel.voided_labels) voided.set(code, parcel);
    for (const { number_norm: key } of parcel.waybills) waybills.set(key, [...(waybills.get(key) ?? []), parcel]);
  }
  const parcels = new Map(snapshot.parcels.map((parcel) => [parcel.id, parcel]));
  const orders = new Map(snapshot.orders.map((order) => [order.id, order]));
  const aliases = new Map(Object.entries(snapshot.aliases ?? {}));
  return { snapshot, savedAt, parcels, orders, labels, voided, waybills, blanks: blanksOf(snapshot), aliases };
}

/** @param {Snapshot} snapshot @returns {Map<string, string | null>} code to the customer that its roll belongs to */
function blanksOf(snapshot) {
  const blanks = new Map();
  for (const { customer_code: customer, codes } of snapshot.blanks ?? []) {
    for (let at = 0; at < codes.length; at += CODE_LENGTH) blanks.set(codes.slice(at, at + CODE_LENGTH), customer);
  }
  return blanks;
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
  /** @param {string | undefined} id */
  const parcelOf = (id) => (id === undefined ? undefined : all.parcels.get(id));
  const labelled = code && (all.labels.get(code) ?? all.voided.get(code) ?? parcelOf(own.labels.get(code)));
  if (labelled) return { kind: 'parcel', parcel: labelled, voided: all.voided.has(code) && !all.labels.has(code), others: [] };
  const blank = code ? all.blanks.get(code) : undefined;
  if (code && blank !== undefined) return { kind: 'blank', code, customerCode: blank };
  for (const key of waybillKeys(text)) {
    const [parcel, ...others] = all.waybills.get(key) ?? [];
    if (parcel) return { kind: 'parcel', parcel, voided: false, others };
  }
  const key = stickerKey(text);
  const bound = parcelOf(all.aliases.get(key)) ?? parcelOf(own.stickers.get(key));
  if (bound) return { kind: 'parcel', parcel: bound, voided: false, others: [] };
  return { kind: 'none' };
}

/** People of this site, for the start of a shift. @returns {Promise<import('./settings.js').Worker[]>} */
export async function workers() {
  return (await load())?.snapshot.workers ?? [];
}

/** This site's day as the server last told it. @returns {Promise<Today | null>} null: it has not */
export async function today() {
  return (await load())?.snapshot.today ?? null;
}

/**
 * @param {string} parcelId
 * @returns {Promise<{parcel: Parcel, lines: Line[], siteKind: string, serverMs: number} | null>} as the server told it,
 *   `serverMs` by its clock
 */
export async function toldOf(parcelId) {
  const all = await load();
  const parcel = all?.parcels.get(parcelId);
  if (!all || !parcel) return null;
  const { site, server_time_ms: serverMs } = all.snapshot;
  const lines = parcel.orders.flatMap((orderId) => all.orders.get(orderId)?.lines ?? []);
  return { parcel, lines, siteKind: site.kind, serverMs };
}

/**
 * Everything the server told, for lists.
 * @returns {Promise<{parcels: Parcel[], orders: ReadonlyMap<string, Order>, site: import('./settings.js').Site, savedAt: number} | null>}
 *   `savedAt`: device epoch milliseconds; null: no snapshot yet
 */
export async function toldAll() {
  const all = await load();
  if (!all) return null;
  return { parcels: all.snapshot.parcels, orders: all.orders, site: all.snapshot.site, savedAt: all.savedAt };
}

/** Hashes of all pictures the snapshot names. @returns {Promise<Set<string>>} */
export async function pictureHashes() {
  const orders = (await load())?.snapshot.orders ?? [];
  return new Set(orders.flatMap(({ lines }) => lines.flatMap(({ picture }) => (picture ? [bareHash(picture)] : []))));
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
  const said = all?.parcels.get(id);
  if (!all || !said) return null;
  const bound = ownLabels(await ownBindings(all.savedAt), id).filter((code) => !said.labels.includes(code));
  // The last label is the parcel's own print, where it has one.
  const parcel = { ...said, labels: [...bound, ...said.labels] };
  const orders = parcel.orders.flatMap((orderId) => all.orders.get(orderId) ?? []);
  const lines = orders.flatMap((order) =>
    [...order.lines].sort((a, b) => a.seq - b.seq).map((line) => ({ ...line, orderId: order.id })),
  );
  const customerCode = parcel.customer_code ?? orders.find((order) => order.customer_code)?.customer_code ?? null;
  return { parcel, orders, lines, customerCode, ...(await receiptOf(parcel, all)) };
}

/**
 * @param {Parcel} parcel
 * @param {Known} all
 * @returns {Promise<Pick<ParcelView, 'receivedAt' | 'receivedMs' | 'receivedPm' | 'receivedZone' | 'source' | 'assumed' | 'arrivedDeviceMs'>>}
 */
async function receiptOf(parcel, { snapshot, savedAt }) {
  const zone = parcel.received_zone ?? snapshot.site.zone;
  if (parcel.received_at) {
    const receivedMs = Date.parse(parcel.received_at);
    const rest = { receivedPm: 0, source: /** @type {const} */ ('server'), assumed: false, arrivedDeviceMs: null };
    return { receivedAt: parcel.received_at, receivedMs, receivedZone: zone, ...rest };
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
