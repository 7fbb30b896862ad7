/**
 * What a discrepancy asks for while the goods still lie on the table: the slots of domain.md 4.2 that can be made there, in
 * the order in which they must be shown. Data and selection only. Pure.
 */

/** @typedef {import('./receiving.js').Fact} Fact */
/**
 * `nth`: which photo of its slot, from 1 (outer damage, then inner protection). `film`: one continuous take of its own.
 * `weigh`: with the reading typed. `after`: the row that must be shown before it (S1-21).
 * @typedef {{key: string, slot: string, nth?: number, film?: boolean, weigh?: boolean, after?: string}} Row
 * @typedef {Row & {state: 'open' | 'done' | 'skipped' | 'waits'}} RowState
 */

/** The goods differ from the count that was expected; nobody at the table knows in which direction, so nothing is stated. */
export const COUNT_DIFFERS = 'count_differs';

const LABEL = Object.freeze({ key: 'waybill', slot: 'EV-12' });
const OPENING = Object.freeze({ key: 'opening', slot: 'EV-13' });
const SCALE = Object.freeze({ key: 'scale', slot: 'EV-14', weigh: true });
const BOX = Object.freeze({ key: 'box', slot: 'EV-24' });
const STYLE = Object.freeze({ key: 'style', slot: 'EV-11' });
const ITEM_ID = Object.freeze({ key: 'item_id', slot: 'EV-10' });
const BESIDE = Object.freeze({ key: 'beside', slot: 'EV-03' });
const RULER = Object.freeze({ key: 'ruler', slot: 'EV-05' });
const PLACE = Object.freeze({ key: 'place', slot: 'EV-09' });

/** @type {Readonly<Record<string, readonly Row[]>>} */
const ROWS = Object.freeze({
  [COUNT_DIFFERS]: [LABEL, OPENING, SCALE, BOX],
  short_count: [LABEL, OPENING, SCALE, BOX],
  surplus: [LABEL, STYLE],
  damaged: [
    { key: 'outer', slot: 'EV-17', nth: 1 },
    { key: 'inner', slot: 'EV-17', nth: 2, after: 'outer' },
    { ...PLACE, after: 'inner' },
    LABEL,
    BOX,
  ],
  wrong_item: [LABEL, STYLE, ITEM_ID, BESIDE],
  wrong_parcel: [LABEL, { key: 'inside', slot: 'EV-15' }, ITEM_ID],
  missing_items: [LABEL, OPENING, SCALE, { key: 'inside', slot: 'EV-15' }],
  not_as_described: [{ key: 'whole', slot: 'EV-01p' }, BESIDE, RULER, { key: 'measure', slot: 'EV-02', film: true }],
  functional_defect: [{ key: 'function', slot: 'EV-06', film: true }, { key: 'defect', slot: 'EV-29' }, PLACE],
  size_mismatch: [ITEM_ID, RULER],
  style_mismatch: [STYLE, BESIDE],
  wrong_weight: [{ key: 'closed_scale', slot: 'EV-16', weigh: true }, LABEL],
});

/**
 * Each thing to show, with where it stands. What was photographed of the parcel before counts as well.
 * @param {string} type of the discrepancy, or COUNT_DIFFERS
 * @param {readonly Fact[]} facts of the parcel
 * @param {{opened: boolean}} parcel
 * @returns {RowState[]}
 */
export function rowsOf(type, facts, { opened }) {
  const standing = facts.filter(({ gone }) => !gone);
  const skipped = new Set(standing.filter(({ kind }) => kind === 'skip').map(({ values }) => values.step));
  /** @type {Map<string, RowState['state']>} */
  const states = new Map();
  const rows = (ROWS[type] ?? []).map((row) => (row.key === 'closed_scale' && opened ? { ...SCALE, key: row.key } : row));
  return rows.map((row) => {
    const before = row.after && states.get(row.after);
    const done = isShown(row, standing);
    const state = done ? 'done' : skipped.has(skipStep(row)) ? 'skipped' : before === 'open' || before === 'waits' ? 'waits' : 'open';
    states.set(row.key, state);
    return { ...row, state };
  });
}

/** The step that a skip names. @param {Row} row @returns {string} a code */
export function skipStep({ slot, nth = 1 }) {
  return `photo-${slot.toLowerCase()}${nth > 1 ? `-${nth}` : ''}`;
}

/** @param {Row} row @param {readonly Fact[]} standing */
function isShown({ slot, nth = 1, film }, standing) {
  if (film) return standing.some((fact) => fact.kind === 'take' && fact.slot === slot && fact.values.closed === 'complete');
  return standing.filter((fact) => fact.kind === 'photo' && (fact.slot === slot || fact.also.includes(slot))).length >= nth;
}
