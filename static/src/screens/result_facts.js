/** What a receiver may send to a group of people: what was counted and decided, never what was ordered or paid. */

import { countDiffers } from '../core/count_check.js';
import { formatInstant } from '../core/deadlines.js';
import { printedCode } from '../core/label.js';
import { lotOfDraw, lotsOf } from '../core/tranches.js';
import { countsOf } from '../store/sample_records.js';
import { variantOf } from './goods.js';

/** @typedef {import('../core/words.js').Translate} Translate */
/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */

/**
 * `differs` null: nothing can be said. `stated`: types of discrepancies. `verdicts`: newest of each subject, `of` empty:
 * the whole parcel.
 * @typedef {object} ResultFacts
 * @property {string} customer
 * @property {string[]} orders
 * @property {string} parcel
 * @property {number | null} total null: not counted on film
 * @property {{ name: string, units: number }[]} lines
 * @property {boolean | null} differs
 * @property {string[]} stated
 * @property {{ of: string, verdict: string, reason: string | null }[]} verdicts
 * @property {string} at with its zone
 * @property {string} warehouse
 */
/** One row of the card. @typedef {{ text: string, look: 'head' | 'big' | 'row' | 'good' | 'wait' | 'bad' | 'quiet' }} Row */

/**
 * @param {ParcelWork} work
 * @param {{ name: string, zone: string } | null} site
 * @returns {Promise<ResultFacts>}
 */
export async function resultOf({ parcel, facts }, site) {
  const standing = facts.filter(({ gone }) => !gone);
  const counts = await countsOf(parcel.id, facts);
  const count = counts.at(-1) ?? null;
  const lines = parcel.lines.map((line) => ({ line, units: count?.units.get(line.id) ?? 0 }));
  const differences = count ? lines.map(({ line, units }) => countDiffers(line, parcel.id, units)) : [];
  const waybill = parcel.view.parcel.waybills[0]?.number ?? '';
  const last = standing.at(-1)?.at ?? parcel.view.receivedMs;
  return {
    customer: parcel.customerCode,
    orders: parcel.orders.map((order) => order.order_no),
    parcel: [parcel.label ? printedCode(parcel.label) : '', waybill].filter(Boolean).join(' · '),
    total: count ? lines.reduce((sum, { units }) => sum + units, 0) : null,
    lines: count ? lines.map(({ line, units }) => ({ name: variantOf(line), units })) : [],
    differs: differences.includes(true) ? true : differences.length > 0 && !differences.includes(null) ? false : null,
    stated: [...new Set(standing.filter(({ kind }) => kind === 'discrepancy').map(({ values }) => values.type ?? ''))],
    verdicts: newestVerdicts(standing, parcel),
    at: last === null ? '' : formatInstant(last, site?.zone ?? parcel.view.receivedZone),
    warehouse: site?.name ?? '',
  };
}

/** @param {readonly Fact[]} standing @param {ParcelWork['parcel']} parcel @returns {ResultFacts['verdicts']} */
function newestVerdicts(standing, parcel) {
  /** @type {Map<string, ResultFacts['verdicts'][number]>} */
  const newest = new Map();
  const lots = lotsOf(standing);
  for (const { values } of standing.filter(({ kind }) => kind === 'verdict')) {
    const lot = lotOfDraw(lots, values.draw);
    const tranche = lot?.label ?? values.tranche;
    const line = parcel.lines.find(({ id }) => id === values.line);
    const of = line ? [variantOf(line), tranche && tranche !== '1' ? `#${tranche}` : ''].filter(Boolean).join(' ') : '';
    newest.set(`${values.line} ${tranche}`, { of, verdict: values.verdict ?? '', reason: values.reason ?? null });
  }
  return [...newest.values()];
}

/**
 * @param {ResultFacts} result
 * @param {Translate} say in the language of those who read it
 * @returns {Row[]}
 */
export function resultRows(result, say) {
  /** @type {Row[]} */
  const rows = [
    { text: result.customer || say('result.title'), look: 'head' },
    ...result.orders.map((order) => ({ text: say('result.order', { order }), look: /** @type {const} */ ('row') })),
    { text: say('result.parcel', { parcel: result.parcel }), look: 'row' },
  ];
  if (result.total === null) rows.push({ text: say('result.not_counted'), look: 'big' });
  else {
    rows.push({ text: say('result.counted', { n: result.total }), look: 'big' });
    if (result.lines.length > 1) rows.push(...result.lines.map(({ name, units }) => ({ text: `${name}: ${units}`, look: /** @type {const} */ ('row') })));
  }
  if (result.differs !== null) rows.push({ text: say(result.differs ? 'result.differs' : 'result.same'), look: result.differs ? 'bad' : 'good' });
  rows.push(...result.stated.map((type) => ({ text: say(`discrepancy.${type}`), look: /** @type {const} */ ('bad') })));
  rows.push(...result.verdicts.map((one) => verdictRow(one, say)));
  rows.push({ text: [result.at, result.warehouse].filter(Boolean).join(' · '), look: 'quiet' });
  return rows;
}

/** @param {ResultFacts['verdicts'][number]} verdict @param {Translate} say @returns {Row} */
function verdictRow({ of, verdict, reason }, say) {
  const words = [say(`verdict.${verdict}`), reason ? say(`verdict_reason.${reason}`) : ''].filter(Boolean).join(' · ');
  return { text: of ? `${of}: ${words}` : words, look: verdict === 'passed' ? 'good' : verdict === 'hold' ? 'wait' : 'bad' };
}

/** @param {readonly Row[]} rows @returns {string} for a chat */
export function resultText(rows) {
  return rows.map(({ text }) => text).join('\n');
}
