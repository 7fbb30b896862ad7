/**
 * Where the sample of one line's tranche stands, from the facts that were recorded: what was drawn, what was found in
 * which unit, what QC decided (S3-09). Pure.
 */
import { aqlPlan, drawOrder, fractionPlan, judge } from './sampling.js';
import { lotOfDraw, lotsOf, speaksOf, standingOf } from './tranches.js';

/** @typedef {import('./receiving.js').Fact} Fact */
/** @typedef {import('./sampling.js').SamplingPlan} SamplingPlan */
/** @typedef {import('./sampling.js').Judgement} Judgement */
/** As the snapshot names it for an order. @typedef {{plan: 'fix' | 'fix_15' | 'aql', level: string | null, aql: string | null, waived?: boolean}} Sampling */
/** One finished count on film: units per line. @typedef {{take: string, units: ReadonlyMap<string, number>, at: number}} Count */

/**
 * `order`: the whole lot in draw order; `units`: those to inspect. `found`: unit to the classes found in it, an empty list
 * for a unit in order; a unit that nobody looked at is not in it. `next`: the unit to look at now; null: none is left.
 * @typedef {{draw: Fact, plan: SamplingPlan, order: number[], units: number[], found: ReadonlyMap<number, readonly string[]>,
 *   next: number | null, judgement: Judgement, finished: Fact | null, verdict: Fact | null}} Inspection
 */

/** Without a decision of the importer: 10 % at least, 15 % wanted. @type {Sampling} */
export const DEFAULT_SAMPLING = Object.freeze({ plan: 'fix', level: null, aql: null });

/**
 * @param {number} lot units
 * @param {Sampling} sampling its AQL is for major defects, as at the desk
 * @returns {SamplingPlan}
 * @throws {RangeError}
 */
export function planFor(lot, { plan, level, aql }) {
  if (plan !== 'aql' || !level || !aql) return fractionPlan(lot, plan === 'fix_15');
  return aqlPlan(lot, level, { major: aql });
}

/** Below the floor of 10 % only with the importer's waiver (AMB-11). @param {SamplingPlan} plan @param {boolean} waived */
export function unitsToInspect(plan, waived) {
  return waived || !plan.below_floor ? plan.n : plan.n_floor;
}

/**
 * The sampling that a draw was made under; the floor of a fixed share is what the importer asks of the order now.
 * @param {Fact} draw
 * @param {Sampling} [now]
 * @returns {Sampling}
 */
export function samplingOf({ values }, now) {
  const fix = now?.plan === 'fix_15' ? 'fix_15' : 'fix';
  return { plan: values.plan === 'aql' ? 'aql' : fix, level: values.level ?? null, aql: values.aql ?? null };
}

/**
 * The lots of a line, by the number that people gave them.
 * @param {readonly Fact[]} facts of the parcel
 * @param {string} line
 * @returns {import('./tranches.js').Lot[]} without draws that were taken back
 */
export function lotsOfLine(facts, line) {
  const lots = lotsOf(facts.filter(({ kind, gone, values }) => kind === 'draw' && !gone && values.line === line));
  return lots.sort((a, b) => Number(a.draws[0].values.tranche) - Number(b.draws[0].values.tranche));
}

/**
 * The draws of a line that stand, one a tranche, or several that people made of one count at once.
 * @param {readonly Fact[]} facts of the parcel
 * @param {string} line
 * @returns {Fact[]} by tranche
 */
export function drawsOf(facts, line) {
  return lotsOfLine(facts, line).flatMap(standingOf);
}

/**
 * The number of the next tranche of a line: one more than any that was drawn of it, in whatever parcel.
 * @param {readonly Fact[]} facts of all parcels that may hold the line
 * @param {string} line
 */
export function nextTranche(facts, line) {
  const drawn = facts.filter(({ kind, values }) => kind === 'draw' && values.line === line);
  return Math.max(0, ...drawn.map(({ values }) => Number(values.tranche))) + 1;
}

/**
 * The newest count of a line that no standing draw speaks of.
 * @param {readonly Fact[]} facts of the parcel
 * @param {string} line
 * @param {readonly Count[]} counts of the parcel, oldest first
 * @returns {Count | null}
 */
export function undrawnCount(facts, line, counts) {
  const newest = counts.filter(({ units }) => (units.get(line) ?? 0) > 0).at(-1);
  const drawn = new Set(drawsOf(facts, line).map(({ values }) => values.take));
  return newest && !drawn.has(newest.take) ? newest : null;
}

/**
 * @param {Fact} draw
 * @param {readonly Fact[]} facts of the parcel
 * @param {{seed: Uint8Array, looked: readonly number[], more?: number}} known `looked`: units that are in order, which no
 *   record names one by one; `more`: units that the inspector adds to the sample
 * @param {Sampling} [sampling] what the importer asks of the order now
 * @returns {Inspection}
 */
export function inspectionOf(draw, facts, { seed, looked, more = 0 }, sampling) {
  const { lot, n } = draw.values;
  const plan = planFor(Number(lot), samplingOf(draw, sampling));
  const order = drawOrder(seed, Number(lot));
  const units = order.slice(0, Math.min(order.length, Number(n) + more));
  /** @type {Map<number, string[]>} */
  const found = new Map(looked.map((unit) => [unit, []]));
  for (const { values } of defectsOf(draw, facts)) {
    const unit = Number(values.unit);
    found.set(unit, [...(found.get(unit) ?? []), values.class ?? 'major']);
  }
  return {
    draw,
    plan,
    order,
    units,
    found,
    next: units.find((unit) => !found.has(unit)) ?? null,
    judgement: judge(plan, order.map((unit) => found.get(unit) ?? null)),
    finished: facts.filter(({ kind, gone, values }) => kind === 'inspection' && !gone && values.draw === draw.id).at(-1) ?? null,
    verdict: verdictOf(draw, facts),
  };
}

/** Of units of this draw, oldest first. @param {Fact} draw @param {readonly Fact[]} facts @returns {Fact[]} */
export function defectsOf(draw, facts) {
  return facts.filter(({ kind, gone, values }) => kind === 'defect' && !gone && values.draw === draw.id && values.unit !== null);
}

/** The newest one that speaks of the draw's tranche, its line, or of the whole parcel. @param {Fact} draw @param {readonly Fact[]} facts */
export function verdictOf(draw, facts) {
  const lots = lotsOf([...facts.filter(({ id }) => id !== draw.id), draw]);
  const lot = lotOfDraw(lots, draw.id);
  return facts.filter((fact) => fact.kind === 'verdict' && !fact.gone && lot && speaksOf(fact, lot, lots)).at(-1) ?? null;
}

/**
 * What the judgement suggests; the person decides.
 * @param {Inspection} inspection
 * @returns {{verdict: 'passed' | 'hold' | 'rejected', reason: string} | null} null: a fixed fraction with defects, which only a person can weigh
 */
export function proposalOf({ plan, judgement, units, found }) {
  const { result, defective } = judgement;
  if (result === 'reject') return { verdict: 'rejected', reason: defective[0] ? 'critical-defect' : 'limit-exceeded' };
  if (result === 'undecided' || units.some((unit) => !found.has(unit))) return { verdict: 'hold', reason: 'sample-unfinished' };
  if (plan.kind === 'fix' && defective.some((n) => n > 0)) return null;
  return { verdict: 'passed', reason: judgement.inspected === plan.lot ? 'every-unit-checked' : 'sample-accepted' };
}

/**
 * Where a unit lies on the counting mat: rows of ten, counted from the label.
 * @param {number} unit from 1
 * @returns {{row: number, place: number}}
 */
export function placeOnMat(unit) {
  return { row: Math.floor((unit - 1) / 10) + 1, place: ((unit - 1) % 10) + 1 };
}
