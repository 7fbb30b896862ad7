/**
 * Which draws speak of the same goods: two phones without a connection may both number their lots from 1 (S3-09). Pure;
 * the same as webapp/domain/tranches.py.
 */

/** @typedef {import('./receiving.js').Fact} Fact */
/** One tranche: its draws by redraw and time; `label` `1.2` for another lot that somebody also called 1. @typedef {{label: string, draws: Fact[]}} Lot */

/**
 * Draws of one count are of one lot; a redraw of a count that was made anew belongs to the newest lot of its number that
 * was drawn before it.
 * @param {readonly Fact[]} facts of one parcel; what is no draw is left out
 * @returns {Lot[]} in the order of their first draws, by time and id
 */
export function lotsOf(facts) {
  /** @type {Map<string, Lot[]>} */
  const bySubject = new Map();
  const draws = facts.filter(({ kind }) => kind === 'draw').sort((a, b) => redrawOf(a) - redrawOf(b) || inTime(a, b));
  for (const draw of draws) {
    const { line, tranche } = draw.values;
    const subject = `${line} ${tranche}`;
    const known = bySubject.get(subject) ?? [];
    bySubject.set(subject, known);
    const lot = lotOf(draw, known);
    if (lot) lot.draws.push(draw);
    else known.push({ label: known.length === 0 ? `${tranche ?? 1}` : `${tranche ?? 1}.${known.length + 1}`, draws: [draw] });
  }
  return [...bySubject.values()].flat().sort((a, b) => inTime(a.draws[0], b.draws[0]));
}

/** The last redraw, or several that people made at once. @param {Lot} lot @returns {Fact[]} */
export function standingOf({ draws }) {
  const newest = redrawOf(draws[draws.length - 1]);
  return draws.filter((draw) => redrawOf(draw) === newest);
}

/** @param {readonly Lot[]} lots @param {string | null | undefined} draw id @returns {Lot | undefined} */
export function lotOfDraw(lots, draw) {
  return lots.find(({ draws }) => draws.some(({ id }) => id === draw));
}

/** Whether a verdict decides about the lot: it names the lot, its line, or nothing less than the parcel. @param {Fact} verdict @param {Lot} lot @param {readonly Lot[]} lots */
export function speaksOf({ values }, lot, lots) {
  const [{ values: drawn }] = lot.draws;
  if (!values.line) return true;
  if (values.line !== drawn.line || !values.tranche) return values.line === drawn.line;
  const named = lotOfDraw(lots, values.draw);
  return named ? named === lot : values.tranche === drawn.tranche;
}

/** @param {Fact} draw @param {readonly Lot[]} known @returns {Lot | undefined} */
function lotOf(draw, known) {
  const same = known.find(({ draws }) => draws.some(({ values }) => (values.take ?? null) === (draw.values.take ?? null)));
  if (same || redrawOf(draw) === 0) return same;
  return known.filter(({ draws }) => inTime(draws[0], draw) <= 0).at(-1) ?? known[0];
}

/** @param {Fact} draw */
const redrawOf = ({ values }) => Number(values.redraw ?? 0);
/** @param {Fact} a @param {Fact} b */
const inTime = (a, b) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
