/** What the counting screen must know of a parcel before the shutter opens. */

import { nextTranche } from '../core/inspection.js';
import { provenSteps } from '../core/take_steps.js';
import { factsOfParcel, progressOfParcel } from '../store/parcel_records.js';
import { factsOfOrders } from '../store/sample_records.js';
import { knownWhys } from '../store/why_seen.js';
import { appState } from '../ui/state.js';
import { unfinishedTake } from './count_resume.js';

/**
 * `proven`: steps of the take that were proven before it; `tranches`: the number that a line's next tranche will have, so that the units put aside are those that are drawn;
 * `knownWhys`: reasons that this worker has seen often enough.
 * @typedef {object} Preparation
 * @property {import('../core/take_steps.js').TakeStep[]} proven
 * @property {import('./count_resume.js').UnfinishedTake | null} unfinished
 * @property {ReadonlyMap<string, number>} tranches
 * @property {Set<string>} knownWhys
 */

/**
 * @param {import('./parcel_facts.js').ParcelFacts} facts
 * @returns {Promise<Preparation>}
 */
export async function loadPreparation(facts) {
  const [known, progress, unfinished, whys, ordered] = await Promise.all([
    factsOfParcel(facts.id),
    progressOfParcel(facts.id),
    unfinishedTake(facts),
    knownWhys(appState().worker?.id ?? ''),
    factsOfOrders(facts.id),
  ]);
  return {
    proven: provenSteps(known, (progress?.opened ?? null) !== null),
    unfinished,
    tranches: new Map(facts.lines.map(({ id }) => [id, nextTranche(ordered, id)])),
    knownWhys: whys,
  };
}
