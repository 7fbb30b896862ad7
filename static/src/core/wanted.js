/** What open claims ask of a parcel's people, and which of it nobody has recorded since. Pure. */

/** @typedef {import('./receiving.js').Fact} Fact */
/**
 * `line` null: the parcel as a whole; `others`: slots of which any one will do as well (an older server names none).
 * @typedef {{slot: string, line: string | null, claim: number, others?: readonly string[]}} Wanted
 */

/** Every slot that fills it, the one asked for first. @param {Wanted} one @returns {readonly string[]} */
export const choicesOf = ({ slot, others = [] }) => [slot, ...others];

/**
 * A photo or a film fills a slot that it names, also beside its own; what it was taken of must be the goods asked for.
 * @param {readonly Wanted[]} wanted as the server told it
 * @param {readonly Fact[]} facts of the parcel, also this phone's unsent ones
 * @returns {Wanted[]} in the server's order
 */
export function stillWanted(wanted, facts) {
  const shown = facts.filter(({ kind, gone }) => !gone && (kind === 'photo' || kind === 'take'));
  return wanted.filter((one) => {
    const { line } = one;
    const fills = (/** @type {Fact} */ fact) => choicesOf(one).some((slot) => fact.slot === slot || fact.also.includes(slot));
    const ofLine = (/** @type {Fact} */ { values }) => line === null || !values.line || values.line === line;
    return !shown.some((fact) => fills(fact) && ofLine(fact));
  });
}
