/** What a sample is drawn from: the finished counts of a parcel, and the seeds that neither phone nor server can choose. */
import { sha256Hex } from '../core/hash.js';
import { parseRecord } from '../core/record.js';
import { drawSeed } from '../core/sampling.js';
import { wholeCount } from './continued.js';
import { recordById, recordsOfParcel } from './journal.js';
import { factsOfParcel } from './parcel_records.js';
import { getSetting, putSetting } from './settings.js';
import { toldAll, toldOf } from './snapshot.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** `take`: its take-open record, `opened`: the hash of that one's text; `challenge`: its nonce, where this phone holds it. @typedef {import('../core/inspection.js').Count & {opened: string | null, challenge: string | null}} FilmedCount */

const COUNT_SLOT = 'EV-18';
/** Draws whose units are remembered one by one; older ones have their inspection record. */
const MOST_LOOKED = 60;

/**
 * Finished counts that stand, oldest first. What an interrupted take counted is part of the count that goes on with it; a
 * count of which nobody can say the units here is left out.
 * @param {string} parcelId
 * @param {readonly Fact[]} facts of the parcel
 * @returns {Promise<FilmedCount[]>}
 */
export async function countsOf(parcelId, facts) {
  const [rows, told] = await Promise.all([recordsOfParcel(parcelId), toldOf(parcelId)]);
  const own = rows.map((row) => parseRecord(row.text));
  const before = new Map(facts.flatMap(({ kind, gone, values: { next, of } }) => (kind === 'segment' && !gone && next && of ? [[next, of]] : [])));
  const closed = new Map(own.filter(({ kind }) => kind === 'take').map((record) => [record.opens, record]));
  const takes = facts.filter(({ kind, gone, slot, values }) => kind === 'take' && !gone && slot === COUNT_SLOT && values.closed === 'complete');
  const counts = [];
  for (const [i, { id, values, at }] of takes.entries()) {
    const take = values.opens ?? id;
    const opening = rows.find((row) => row.id === take);
    const toldFact = told?.parcel.facts?.find((one) => one.id === id);
    const tally = closed.get(take)?.tally;
    const own = tally ? await wholeCount(take, closed, before) : null;
    const server = i === takes.length - 1 ? toldUnits(parcelId, told?.lines ?? []) : new Map();
    // It goes on from units that nobody has said yet: no number here would be a count.
    if (tally && !own && server.size === 0) continue;
    counts.push({
      take,
      at,
      units: own ?? server,
      opened: opening ? sha256Hex(opening.text) : toldFact?.opened ?? null,
      challenge: opening ? parseRecord(opening.text).challenge : null,
    });
  }
  return counts;
}

/** @param {string} parcelId @param {readonly import('./snapshot.js').Line[]} lines @returns {Map<string, number>} */
function toldUnits(parcelId, lines) {
  return new Map(lines.flatMap(({ id, counted = [] }) => counted.filter(([parcel]) => parcel === parcelId).map(([, n]) => [id, n])));
}

/**
 * @param {Fact} draw
 * @param {readonly FilmedCount[]} counts of its parcel
 * @param {string} parcelId
 * @returns {Promise<Uint8Array | null>} null: drawn on another phone, and the server has not told it yet
 */
export async function seedOfDraw(draw, counts, parcelId) {
  const row = await recordById(draw.id);
  const { line, tranche, redraw, take } = draw.values;
  const opened = counts.find((count) => count.take === take)?.opened ?? (await openedHash(take));
  const challenge = row ? parseRecord(row.text).challenge : null;
  if (challenge && opened) return drawSeed(challenge, opened, line ?? '', Number(tranche), Number(redraw));
  const told = (await toldOf(parcelId))?.parcel.facts?.find(({ id }) => id === draw.id)?.seed;
  return told ? bytesOf(told) : null;
}

/** Of a take that no longer counts. @param {string | null | undefined} take @returns {Promise<string | null>} */
async function openedHash(take) {
  const row = take ? await recordById(take) : null;
  return row ? sha256Hex(row.text) : null;
}

/** @param {string} text hex @returns {Uint8Array} */
function bytesOf(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Facts of every parcel that shares an order with this one: a line's tranches are numbered across them. @param {string} parcelId @returns {Promise<Fact[]>} */
export async function factsOfOrders(parcelId) {
  const all = await toldAll();
  const orders = new Set(all?.parcels.find(({ id }) => id === parcelId)?.orders);
  const parcels = (all?.parcels ?? []).filter(({ id, orders: own }) => id === parcelId || own.some((order) => orders.has(order)));
  return (await Promise.all(parcels.map(({ id }) => factsOfParcel(id)))).flat();
}

/** Units of a draw that were looked at and are in order. @param {string} draw id @returns {Promise<number[]>} oldest first */
export async function lookedAt(draw) {
  return (await getSetting('looked'))?.[draw] ?? [];
}

/** @param {string} draw id @param {readonly number[]} units @returns {Promise<void>} */
export async function keepLooked(draw, units) {
  const { [draw]: _before, ...rest } = (await getSetting('looked')) ?? {};
  const kept = Object.entries(rest).slice(-MOST_LOOKED + 1);
  await putSetting('looked', Object.fromEntries([...kept, [draw, [...units]]]));
}

