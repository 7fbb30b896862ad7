/**
 * How far the receiving of a parcel has come, and what the order of evidence still allows (domain.md 4.1 and 11: weighed,
 * condition and waybill before it is opened; counted before sampled). Twin of webapp/domain/receiving.py; both read
 * tests/vectors/receiving.json. Pure.
 */
import { STEPS } from './plan.js';
import { lotsOf, speaksOf, standingOf } from './tranches.js';

/**
 * One record as far as this needs it. `at`: epoch milliseconds, best known; `corrects`: the record it replaced, so that a
 * corrected reading keeps the time of the first one; `gone`: withdrawn or superseded. A take's `values` are `opens`, `closed`.
 * @typedef {{id: string, kind: string, slot: string | null, also: readonly string[],
 *   values: Readonly<Record<string, string | null>>, at: number, worker: string | null, gone: boolean,
 *   corrects?: string | null}} Fact
 * @typedef {'delivery' | 'condition' | 'weight' | 'opening' | 'count' | 'sample' | 'verdict'} StepName
 * @typedef {'not_asked' | 'open' | 'done' | 'skipped' | 'late'} StepState `late`: asked, and the parcel is open already
 * @typedef {{name: StepName, state: StepState, by: string | null}} Step `by`: whose fact it was last
 */
/**
 * `asked`: steps of the plan, with what the parcel itself raised. `missing`: photo slots that can still be filled; `lost`:
 * those that had to be filled before the opening. `opened`: epoch milliseconds.
 * @typedef {{steps: Step[], next: StepName | null, opened: number | null, asked: string[],
 *   raised: null | 'damaged' | 'light', missing: string[], lost: string[]}} Progress
 */
/**
 * `leastGrams`: a closed parcel below it is lighter than earlier ones of the same goods. `lines`: those with goods to
 * sample; left out, the drawn ones.
 * @typedef {{asked: readonly string[], siteKind: string, leastGrams?: number | null, lines?: readonly string[]}} Expected
 */
/** @typedef {'opened_already' | 'before_opening' | 'not_opened' | 'before_count' | 'before_sample' | 'done_already'} NotNow */

/** Where goods are handed over for good: the courier's receipt is annotated or refused here (S2-09, S2-10). */
const DELIVERED_AT = 'VN_warehouse';
/** What a damaged or too light parcel asks for at least. */
const RAISED_TO = ['arrive', 'condition', 'weight', 'count'];
/** Slots that prove nothing once the parcel is open. */
const BEFORE_OPENING = new Set(['EV-04', 'EV-12', 'EV-16']);
const COUNT_SLOT = 'EV-18';

/**
 * @param {readonly Fact[]} facts of one parcel, in any order
 * @param {Expected} expected
 * @returns {Progress}
 */
export function progressOf(facts, { asked: plan, siteKind, leastGrams = null, lines = [] }) {
  const known = new Map(facts.map((fact) => [fact.id, fact]));
  const standing = facts.filter((fact) => !fact.gone).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const opened = openedAt(standing);
  /** @param {Fact} fact */
  const inTime = (fact) => opened === null || firstTime(fact, known) < opened;
  const raised = raisedBy(standing, leastGrams);
  const asked = STEPS.filter((step) => plan.includes(step) || (raised && RAISED_TO.includes(step)));
  const counted = standing.filter(counts);
  const found = {
    delivery: standing.filter(({ kind }) => kind === 'delivery'),
    condition: standing.filter((fact) => fact.kind === 'condition' && inTime(fact)),
    weight: standing.filter((fact) => weighsClosed(fact) && inTime(fact)),
    // A count shows that the parcel was opened, though nobody said when.
    opening: standing.some(opens) ? standing.filter(opens) : counted,
    count: counted,
    sample: sampleFacts(standing, lines),
    verdict: verdictFacts(standing, lines),
  };
  const wanted = stepsAsked(asked, siteKind);
  /** @type {Step[]} */
  const steps = Object.entries(found)
    .filter(([name]) => name !== 'delivery' || siteKind === DELIVERED_AT)
    .map(([name, done]) => stepOf(/** @type {StepName} */ (name), { done, standing, opened, asked: wanted.has(name) }));
  const next = steps.find(({ state }) => state === 'open')?.name ?? null;
  return { steps, next, opened, asked, raised, ...photosWanted(standing, found, opened) };
}

/**
 * Why a record is not offered now.
 * @param {string} kind
 * @param {Readonly<Record<string, string | null>>} values
 * @param {Progress} progress
 * @param {{corrects?: boolean}} [how] corrects: it replaces an earlier record of its kind, whose time it keeps
 * @returns {NotNow | null} null: it may be recorded
 */
export function mayRecord(kind, values, progress, { corrects = false } = {}) {
  if (corrects) return null;
  const open = progress.opened !== null;
  switch (kind) {
    case 'condition':
      return open ? 'opened_already' : null;
    case 'weighing':
      if (values.opened === 'yes') return open ? null : 'not_opened';
      return open ? 'opened_already' : null;
    case 'opening':
      if (open) return 'opened_already';
      return ['condition', 'weight'].some((step) => stateOf(progress, step) === 'open') ? 'before_opening' : null;
    case 'estimate':
    case 'defect':
      return open ? null : 'not_opened';
    case 'draw':
    case 'inspection':
      return stateOf(progress, 'count') === 'done' ? null : 'before_count';
    case 'verdict':
      return verdictNotNow(values, progress);
    case 'skip':
      return skipNotNow(values.step ?? '', progress);
    default:
      return null;
  }
}

/** @param {Progress} progress @param {string} name @returns {StepState | null} null: this site has no such step */
export function stateOf(progress, name) {
  return progress.steps.find((step) => step.name === name)?.state ?? null;
}

/** @param {Readonly<Record<string, string | null>>} values @param {Progress} progress @returns {NotNow | null} */
function verdictNotNow(values, progress) {
  if (stateOf(progress, 'count') === 'open') return 'before_count';
  // A line may be passed while another one still waits for its sample; the parcel as a whole may not.
  const whole = values.verdict === 'passed' && !values.line;
  return whole && stateOf(progress, 'sample') === 'open' ? 'before_sample' : null;
}

/** @param {string} step @param {Progress} progress @returns {NotNow | null} */
function skipNotNow(step, progress) {
  const state = stateOf(progress, step);
  if (state === 'late') return 'opened_already';
  return state === 'done' ? 'done_already' : null;
}

/** @param {readonly Fact[]} standing @returns {number | null} the first proof that the parcel is open */
function openedAt(standing) {
  const times = standing.filter((fact) => opens(fact) || counts(fact)).map(({ at }) => at);
  return times.length ? Math.min(...times) : null;
}

/** @param {Fact} fact */
function opens({ kind, values }) {
  return kind === 'opening' || (kind === 'weighing' && values.opened === 'yes');
}

/** A finished count on film; estimates by pack or weight never claim one. @param {Fact} fact */
function counts({ kind, slot, values }) {
  return kind === 'take' && slot === COUNT_SLOT && values.closed === 'complete';
}

/** @param {Fact} fact */
function weighsClosed({ kind, values }) {
  return kind === 'weighing' && values.opened === 'no' && (values.target === 'parcel' || values.target === 'carton');
}

/** @param {Fact} fact @param {ReadonlyMap<string, Fact>} known @returns {number} when what it corrects was first said */
function firstTime(fact, known) {
  const seen = new Set([fact.id]);
  let first = fact;
  for (;;) {
    const before = known.get(first.corrects ?? '');
    if (!before || before.kind !== fact.kind || seen.has(before.id)) return first.at;
    seen.add(before.id);
    first = before;
  }
}

/** @param {readonly Fact[]} standing @param {number | null} leastGrams @returns {Progress['raised']} */
function raisedBy(standing, leastGrams) {
  const damaged = standing.some(
    ({ kind, values }) => kind === 'condition' && (values.outer !== 'intact' || values.tape === 'broken'),
  );
  if (damaged) return 'damaged';
  const light = standing.some(
    (fact) => leastGrams !== null && weighsClosed(fact) && fact.values.target === 'parcel' && Number(fact.values.grams) < leastGrams,
  );
  return light ? 'light' : null;
}

/** @param {readonly string[]} asked steps of the plan @param {string} siteKind @returns {Set<string>} */
function stepsAsked(asked, siteKind) {
  const wanted = new Set(asked.filter((step) => step !== 'arrive'));
  if (siteKind === DELIVERED_AT) wanted.add('delivery');
  if (wanted.has('count') || wanted.has('sample')) wanted.add('opening');
  if (wanted.has('sample')) wanted.add('verdict');
  return wanted;
}

/**
 * @param {StepName} name
 * @param {{done: readonly Fact[], standing: readonly Fact[], opened: number | null, asked: boolean}} what
 * @returns {Step}
 */
function stepOf(name, { done, standing, opened, asked }) {
  const last = done[done.length - 1];
  if (last) return { name, state: 'done', by: last.worker };
  if (!asked) return { name, state: 'not_asked', by: null };
  const closes = name === 'condition' || name === 'weight';
  const skips = standing.filter(({ kind, values }) => kind === 'skip' && values.step === name);
  const skip = skips.filter(({ at }) => !closes || opened === null || at < opened).pop();
  if (skip) return { name, state: 'skipped', by: skip.worker };
  return { name, state: closes && opened !== null ? 'late' : 'open', by: null };
}

/**
 * @param {readonly Fact[]} standing
 * @param {readonly string[]} lines
 * @returns {Fact[]} the inspections, when every tranche drawn has one and every line was drawn; else none
 */
function sampleFacts(standing, lines) {
  const tranches = lotsOf(standing).map(standingOf);
  const drawn = new Set(tranches.flat().map(({ values }) => values.line));
  const ids = new Set(tranches.flat().map(({ id }) => id));
  const inspections = standing.filter(({ kind, values }) => kind === 'inspection' && ids.has(values.draw ?? ''));
  const inspected = new Set(inspections.map(({ values }) => values.draw));
  const whole = tranches.every((draws) => draws.some(({ id }) => inspected.has(id)));
  return whole && lines.every((line) => drawn.has(line)) ? inspections : [];
}

/**
 * @param {readonly Fact[]} standing
 * @param {readonly string[]} lines
 * @returns {Fact[]} the verdicts, when one speaks of each line and tranche; else none
 */
function verdictFacts(standing, lines) {
  const verdicts = standing.filter(({ kind }) => kind === 'verdict');
  const lots = lotsOf(standing);
  const drawn = new Set(lots.map(({ draws }) => draws[0].values.line));
  const whole = lots.every((lot) => verdicts.some((verdict) => speaksOf(verdict, lot, lots)));
  const bare = lines.filter((line) => !drawn.has(line)).every((line) => verdicts.some(({ values }) => !values.line || values.line === line));
  return whole && bare ? verdicts : [];
}

/**
 * The photos that the steps done so far call for.
 * @param {readonly Fact[]} standing
 * @param {Readonly<Record<StepName, readonly Fact[]>>} found
 * @param {number | null} opened
 * @returns {{missing: string[], lost: string[]}} in the order of slots
 */
function photosWanted(standing, { condition, weight, delivery }, opened) {
  const wanted = new Set();
  if (condition.length) wanted.add('EV-12');
  if (condition.some(({ values }) => values.tape !== 'none')) wanted.add('EV-04');
  if (condition.some(({ values }) => values.outer !== 'intact')) wanted.add('EV-17');
  if (weight.length) wanted.add('EV-16');
  if (standing.some(({ kind, values }) => kind === 'weighing' && values.opened === 'yes')) wanted.add('EV-14');
  if (delivery.some(({ values }) => values.outcome !== 'accepted')) wanted.add('EV-28');
  const photos = standing.filter(({ kind }) => kind === 'photo');
  const have = (/** @type {string} */ slot) =>
    photos.some(
      (photo) =>
        (photo.slot === slot || photo.also.includes(slot)) &&
        (opened === null || !BEFORE_OPENING.has(slot) || photo.at < opened),
    );
  const without = /** @type {string[]} */ ([...wanted]).filter((slot) => !have(slot)).sort();
  const tooLate = (/** @type {string} */ slot) => opened !== null && BEFORE_OPENING.has(slot);
  return { missing: without.filter((slot) => !tooLate(slot)), lost: without.filter(tooLate) };
}
