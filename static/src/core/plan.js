/** How deep a parcel is received; the same as webapp/domain/receiving_plan.py. Pure. */

/**
 * `decided_by` null: nobody decided, the built-in depth.
 * @typedef {{depth: string, asked: string[], decided_by: string | null, decided_at: string | null}} Plan
 */

/** What a receiver may be asked, in the order of evidence. @type {readonly string[]} */
export const STEPS = Object.freeze(['arrive', 'condition', 'weight', 'count', 'sample']);

/** Without any decision a shortage must still be provable. @type {Plan} */
export const BUILT_IN = Object.freeze({
  depth: 'count',
  asked: ['arrive', 'condition', 'weight', 'count'],
  decided_by: null,
  decided_at: null,
});

/**
 * One parcel may hold several orders: what any of them asks is asked of the parcel. A plan asks a step and all before it,
 * so the longest list is the deepest.
 * @param {readonly (Plan | undefined)[]} plans undefined: from a server that did not send one
 * @returns {Plan}
 */
export function deepestPlan(plans) {
  const known = plans.map((plan) => plan ?? BUILT_IN);
  return known.reduce((deepest, plan) => (plan.asked.length > deepest.asked.length ? plan : deepest), known[0] ?? BUILT_IN);
}

/** @param {Plan} plan @param {string} step */
export function asks(plan, step) {
  return plan.asked.includes(step);
}

/**
 * What somebody decided to leave out. Empty while nobody decided: the built-in depth is no one's waiver.
 * @param {Plan} plan
 * @returns {string[]}
 */
export function leftOut(plan) {
  return plan.decided_by === null ? [] : STEPS.filter((step) => !asks(plan, step));
}
