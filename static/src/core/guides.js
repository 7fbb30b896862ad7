/**
 * Captures of one continuous take each, step by step (S0-32, S1-20, S1-21); nothing is counted in them. Data only.
 */

/**
 * `slot`: what the film fills; `steps`: prompts in the order in which they must be shown, marked in the film; `stills`: what
 * a still of each step fills. `opens`: the step from which on the parcel is open.
 * @typedef {{slot: string, steps: readonly string[], stills: Readonly<Record<string, string>>, opens: string | null, measures: boolean}} Guide
 */

/** @type {Guide} */
const DAMAGE = {
  slot: 'EV-17',
  steps: ['outer', 'inner', 'item'],
  stills: { outer: 'EV-17', inner: 'EV-17', item: 'EV-09' },
  opens: 'inner',
  measures: false,
};

/** @type {ReadonlyMap<string, Guide>} */
export const GUIDES = new Map([
  [
    'EV-02',
    { slot: 'EV-02', steps: ['listing', 'ruler', 'reading'], stills: { listing: 'EV-03', ruler: 'EV-05', reading: 'EV-05' }, opens: 'listing', measures: true },
  ],
  ['EV-06', { slot: 'EV-06', steps: ['product', 'run', 'result'], stills: { product: 'EV-11', run: 'EV-29', result: 'EV-29' }, opens: 'product', measures: false }],
  ['EV-17', DAMAGE],
  // Asked for by the name of its last picture.
  ['EV-09', DAMAGE],
]);

/** What is measured, in the order in which it is offered. */
export const ATTRIBUTES = Object.freeze(['length', 'width', 'height', 'diameter', 'thickness', 'weight']);
