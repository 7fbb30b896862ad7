/** Which one thing a parcel asks next, out of what was recorded: the face of core/receiving.js. Pure. */

import { stateOf } from '../core/receiving.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('../core/receiving.js').Progress} Progress */

/**
 * `…_photo`: what was said still needs its picture. `arrive`: nothing but the receipt is asked. `complete`: nothing is open.
 * @typedef {'delivery' | 'delivery_photo' | 'refused' | 'arrive' | 'condition' | 'damage_photo' | 'label_photo' | 'weight'
 *   | 'weight_photo' | 'count' | 'sample' | 'verdict' | 'complete'} Stage
 */

/** Stages that look through the camera. @type {ReadonlySet<Stage>} */
export const CAMERA_STAGES = new Set(['delivery_photo', 'condition', 'damage_photo', 'label_photo', 'weight', 'weight_photo']);

/** What each stage's photo fills. @type {Partial<Record<Stage, readonly string[]>>} */
const SLOTS = {
  delivery_photo: ['EV-28'],
  damage_photo: ['EV-17', 'EV-09'],
  label_photo: ['EV-12', 'EV-04'],
  weight_photo: ['EV-16'],
};

/** One-tap reasons for not doing it, the likeliest first. @type {Partial<Record<Stage, readonly string[]>>} */
const REASONS = {
  delivery_photo: ['courier-gone', 'no-paper', 'no-light', 'camera-broken'],
  condition: ['courier-waits', 'no-light', 'importer-said'],
  damage_photo: ['no-light', 'camera-broken', 'courier-waits'],
  label_photo: ['label-unreadable', 'no-light', 'camera-broken', 'courier-waits'],
  weight: ['no-scale', 'too-heavy', 'courier-waits', 'importer-said'],
  weight_photo: ['no-light', 'camera-broken', 'courier-waits'],
  count: ['too-many', 'no-time', 'importer-said'],
};

/**
 * @param {Progress} progress
 * @param {readonly Fact[]} facts
 * @param {{ arrived: boolean, moreDamage?: boolean }} now moreDamage: the person goes on taking pictures of the damage
 * @returns {Stage}
 */
export function stageOf(progress, facts, { arrived, moreDamage = false }) {
  const wanted = photosOpen(progress, facts);
  const delivery = latest(facts, 'delivery');
  const photo = (/** @type {Stage} */ stage) => (SLOTS[stage] ?? []).some((slot) => wanted.has(slot));
  if (photo('delivery_photo')) return 'delivery_photo';
  if (delivery?.values.outcome === 'refused') return 'refused';
  const next = nextStep(progress);
  if (next === 'delivery') return 'delivery';
  if (next === 'condition') return 'condition';
  if (photo('damage_photo') || (moreDamage && progress.opened === null)) return 'damage_photo';
  if (photo('label_photo')) return 'label_photo';
  if (next === 'weight') return 'weight';
  if (photo('weight_photo')) return 'weight_photo';
  if (next !== null) return next;
  return arrived ? 'complete' : 'arrive';
}

/**
 * The opening is no step of its own on the screen: the film of the count shows it.
 * @param {Progress} progress
 * @returns {Exclude<import('../core/receiving.js').StepName, 'opening'> | null}
 */
function nextStep({ steps }) {
  const open = steps.find(({ name, state }) => state === 'open' && name !== 'opening');
  return /** @type {Exclude<import('../core/receiving.js').StepName, 'opening'> | undefined} */ (open?.name) ?? null;
}

/** Slots still to be filled: not those that somebody said cannot be. @param {Progress} progress @param {readonly Fact[]} facts */
function photosOpen({ missing }, facts) {
  const skipped = new Set(facts.flatMap(({ kind, gone, values }) => (kind === 'skip' && !gone ? [values.step] : [])));
  return new Set(missing.filter((slot) => !skipped.has(photoStep(slot))));
}

/** The step that a skip names when a photo cannot be taken. @param {string} slot @returns {string} a code */
export function photoStep(slot) {
  return `photo-${slot.toLowerCase()}`;
}

/**
 * @param {Stage} stage
 * @param {Progress} progress
 * @param {readonly Fact[]} facts
 * @returns {string[]} steps that one skip of this stage leaves out
 */
export function skippedBy(stage, progress, facts) {
  if (stage === 'condition' || stage === 'weight' || stage === 'count') return [stage];
  const wanted = photosOpen(progress, facts);
  return (SLOTS[stage] ?? []).filter((slot) => wanted.has(slot)).map(photoStep);
}

/** @param {Stage} stage @returns {readonly string[]} codes of skip reasons */
export function reasonsFor(stage) {
  return REASONS[stage] ?? [];
}

/**
 * What a picture taken now is evidence of.
 * @param {Stage} stage
 * @param {readonly Fact[]} facts
 * @returns {{ slot: string, also: string[], about: string | null } | null}
 */
export function pictureOf(stage, facts) {
  const condition = latest(facts, 'condition');
  const about = (/** @type {Fact | null} */ fact) => fact?.id ?? null;
  switch (stage) {
    case 'delivery_photo':
      return { slot: 'EV-28', also: [], about: about(latest(facts, 'delivery')) };
    case 'damage_photo':
      return { slot: 'EV-17', also: ['EV-09'], about: about(condition) };
    case 'condition':
    case 'label_photo':
      // One picture of the waybill's side shows the tape too, where there is one.
      return { slot: 'EV-12', also: condition?.values.tape === 'none' ? [] : ['EV-04'], about: about(condition) };
    case 'weight':
      return { slot: 'EV-16', also: [], about: null };
    case 'weight_photo':
      return { slot: 'EV-16', also: [], about: about(latest(facts, 'weighing')) };
    default:
      return null;
  }
}

/** @param {readonly Fact[]} facts @param {string} kind @returns {Fact | null} the newest that stands */
export function latest(facts, kind) {
  return facts.filter((fact) => fact.kind === kind && !fact.gone).pop() ?? null;
}

/** @param {readonly Fact[]} facts @param {string} slot @returns {number} standing photos of a slot */
export function photosOf(facts, slot) {
  return facts.filter((fact) => fact.kind === 'photo' && !fact.gone && (fact.slot === slot || fact.also.includes(slot))).length;
}

/** What a closed parcel can show; a picture for any other slot is one of an opened parcel. */
const CLOSED_SLOTS = new Set(['EV-04', 'EV-12', 'EV-16', 'EV-17', 'EV-24', 'EV-28']);

/**
 * Whether a capture may be made now: none of the goods before what the closed parcel shows, or the reason why not.
 * @param {{ slot: string, nth?: number }} capture nth: damage is shown outside first, then inside
 * @param {Progress} progress
 */
export function mayShow({ slot, nth = 1 }, progress) {
  return (CLOSED_SLOTS.has(slot) && nth === 1) || mayFilm(progress);
}

/** What a closed parcel still has to show, before anything of its goods. @param {Progress} progress @returns {string[]} steps */
export function closedSteps(progress) {
  return ['delivery', 'condition', 'weight'].filter((step) => stateOf(progress, step) === 'open');
}

/** Whether the parcel may be opened on film now. @param {Progress} progress */
export function mayFilm(progress) {
  return closedSteps(progress).length === 0;
}
