/**
 * The steps of one continuous take, on the closed parcel first (EV-01, EV-18), and which photo a still of each step is
 * (domain.md 4.1). A step is marked when the person says that it was shown: what was skipped has no mark. Pure.
 */

/** @typedef {'label' | 'tape' | 'cut' | 'inside' | 'count' | 'layout' | 'label_again'} TakeStep */

/** @type {readonly TakeStep[]} */
export const TAKE_STEPS = Object.freeze(['label', 'tape', 'cut', 'inside', 'count', 'layout', 'label_again']);

/** @type {Readonly<Record<TakeStep, {slot: string, also: readonly string[]}>>} */
const STILLS = {
  label: { slot: 'EV-12', also: [] },
  tape: { slot: 'EV-04', also: [] },
  cut: { slot: 'EV-13', also: [] },
  inside: { slot: 'EV-01p', also: ['EV-15'] },
  count: { slot: 'EV-11', also: [] },
  layout: { slot: 'EV-11', also: [] },
  label_again: { slot: 'EV-01p', also: [] },
};

/** @param {TakeStep} step */
export function stillOf(step) {
  return STILLS[step];
}

/**
 * What was proven before the take began.
 * @param {readonly import('./receiving.js').Fact[]} facts of the parcel
 * @param {boolean} opened whether somebody has opened it
 * @returns {TakeStep[]}
 */
export function provenSteps(facts, opened) {
  // Of an opened parcel neither the label's side nor the tape can be shown as they came.
  if (opened) return ['label', 'tape', 'cut'];
  const standing = facts.filter(({ gone }) => !gone);
  const has = (/** @type {string} */ slot) =>
    standing.some(({ kind, slot: own, also }) => kind === 'photo' && (own === slot || also.includes(slot)));
  /** @type {TakeStep[]} */
  const proven = [];
  if (has('EV-12')) proven.push('label');
  if (has('EV-04') || standing.some(({ kind }) => kind === 'condition')) proven.push('tape');
  return proven;
}

/** Where a take stands. */
export class TakeSteps {
  /** @param {Iterable<TakeStep>} [proven] before the take */
  constructor(proven = []) {
    /** Shown in this take, or proven before it. @type {Set<TakeStep>} */
    this.done = new Set(proven);
    /** @type {TakeStep | null} null: all of them are behind */
    this.current = this.after(-1);
  }

  /**
   * The person says that the current step was shown.
   * @returns {TakeStep | null} the step to mark; null: none is left
   */
  shown() {
    const step = this.current;
    if (!step) return null;
    this.done.add(step);
    this.current = this.after(TAKE_STEPS.indexOf(step));
    return step;
  }

  /** Goes on to a later step; those between stay without a mark. An earlier one changes nothing. @param {TakeStep} step */
  reach(step) {
    const at = TAKE_STEPS.indexOf(step);
    if (this.current && TAKE_STEPS.indexOf(this.current) < at) this.current = step;
  }

  /** The units are counted once more: what follows them must be shown again. */
  recount() {
    for (const step of TAKE_STEPS.slice(TAKE_STEPS.indexOf('count'))) this.done.delete(step);
    this.current = 'count';
  }

  /** @private @param {number} at @returns {TakeStep | null} */
  after(at) {
    return TAKE_STEPS.slice(at + 1).find((step) => !this.done.has(step)) ?? null;
  }
}
