/** The first screen's three lists of parcels, from what the server told and what this phone recorded since. */
import { deepestPlan } from '../core/plan.js';
import { progressOf, stateOf } from '../core/receiving.js';
import { formatInstant } from '../core/deadlines.js';
import { actByOf, isUrgent } from '../core/urgency.js';
import { recordsSince } from './journal.js';
import { factsOfParcel } from './parcel_records.js';
import { toldAll } from './snapshot.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {'arrived' | 'to_count' | 'urgent'} ListName */
/**
 * `arrivedMs`, `actByMs`: epoch milliseconds by the server's clock.
 * @typedef {{id: string, customerCode: string | null, waybill: string | null, orderNos: string[], arrivedMs: number,
 *   actByMs: number, toCount: boolean}} WorkItem
 * @typedef {Record<ListName, WorkItem[]>} Worklists
 */

/**
 * `urgent`: the receiver's own limit (R-10, S3-25) is near or past, and it is not counted.
 * @param {number} now epoch milliseconds by the server's clock
 * @returns {Promise<Worklists | null>} oldest receipt first; null: no snapshot yet
 */
export async function worklists(now) {
  const told = await toldAll();
  if (!told) return null;
  const touched = new Set((await recordsSince(null, told.savedAt)).map(({ parcel }) => parcel));
  /** @type {WorkItem[]} */
  const items = [];
  for (const parcel of told.parcels) {
    const own = touched.has(parcel.id);
    const facts = own ? await factsOfParcel(parcel.id) : toldFacts(parcel);
    const item = itemOf(parcel, facts, told);
    if (item) items.push(item);
  }
  items.sort((a, b) => a.arrivedMs - b.arrivedMs);
  return listsOf(items, { now, zone: told.site.zone });
}

/**
 * @param {readonly WorkItem[]} items
 * @param {{now: number, zone: string}} at
 * @returns {Worklists}
 */
export function listsOf(items, { now, zone }) {
  const day = (/** @type {number} */ ms) => formatInstant(ms, zone).slice(0, 10);
  const today = day(now);
  const toCount = items.filter((item) => item.toCount);
  return {
    arrived: items.filter(({ arrivedMs }) => day(arrivedMs) === today),
    to_count: toCount,
    urgent: toCount.filter(({ actByMs }) => isUrgent(actByMs, now)),
  };
}

/** @param {import('./snapshot.js').Parcel} parcel @returns {Fact[]} */
function toldFacts({ facts = [] }) {
  return facts.map((fact) => ({ ...fact, also: fact.also ?? [], values: fact.values ?? {}, at: Date.parse(fact.at) }));
}

/**
 * @param {import('./snapshot.js').Parcel} parcel
 * @param {Fact[]} facts
 * @param {NonNullable<Awaited<ReturnType<typeof toldAll>>>} told
 * @returns {WorkItem | null} null: not here
 */
export function itemOf(parcel, facts, { orders, site }) {
  const arrivedMs = arrivalAt(facts) ?? toldReceipt(parcel, facts, site.kind);
  const refused = facts.some(({ kind, gone, values }) => kind === 'delivery' && !gone && values.outcome === 'refused');
  if (arrivedMs === null || refused) return null;
  const own = parcel.orders.flatMap((id) => orders.get(id) ?? []);
  const { asked } = deepestPlan(own.map(({ plan }) => plan));
  const progress = progressOf(facts, { asked, siteKind: site.kind, leastGrams: parcel.least_grams ?? null });
  const counted = own.some(({ lines }) => lines.some((line) => line.counted?.some(([id]) => id === parcel.id)));
  return {
    id: parcel.id,
    customerCode: parcel.customer_code ?? own.find((order) => order.customer_code)?.customer_code ?? null,
    waybill: parcel.waybills[0]?.number ?? null,
    orderNos: own.map((order) => order.order_no),
    arrivedMs,
    // What is told may be China's limit; in Vietnam its own receipt counts.
    actByMs: actByOf(site.kind === 'VN_warehouse' ? null : parcel.act_by, arrivedMs),
    toCount: !counted && stateOf(progress, 'count') === 'open',
  };
}

/** @param {readonly Fact[]} facts @returns {number | null} the first receipt that stands */
export function arrivalAt(facts) {
  const times = facts.filter(({ kind, gone }) => kind === 'arrival' && !gone).map(({ at }) => at);
  return times.length ? Math.min(...times) : null;
}

/**
 * A server that tells no arrivals tells the parcel's receipt; in Vietnam that is China's.
 * @param {import('./snapshot.js').Parcel} parcel
 * @param {readonly Fact[]} facts
 * @param {string} siteKind
 */
function toldReceipt(parcel, facts, siteKind) {
  const withdrawn = facts.some(({ kind }) => kind === 'arrival');
  return parcel.received_at && siteKind !== 'VN_warehouse' && !withdrawn ? Date.parse(parcel.received_at) : null;
}
