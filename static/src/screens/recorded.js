/** What was recorded of a parcel, by whom: the steps at a glance, and each fact with its name and time. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { readSpelling } from '../core/sticker.js';
import { doneIcon, noIcon, warnIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('../core/receiving.js').Progress} Progress */

const MARKS = { done: doneIcon, skipped: noIcon, late: warnIcon, open: nothing, not_asked: nothing };

/**
 * Each step with its state; the opening shows itself in the count.
 * @param {Progress} progress
 * @param {string | null} me whose name needs not be said
 */
export function stepsList(progress, me) {
  const shown = progress.steps.filter(({ name }) => name !== 'opening');
  // The film of the count shows the opening.
  const next = progress.next === 'opening' ? 'count' : progress.next;
  return html`<ol class="steps" aria-label=${t('receive.steps')}>
    ${shown.map(
      ({ name, state, by }) => html`<li class="step ${state} ${name === next ? 'next' : ''}" data-step=${name} data-state=${state}>
        ${MARKS[state]}<span>${t(`step.${name}`)}</span>
        ${state === 'done' && by && by !== me ? html`<small><bdi>${by}</bdi></small>` : nothing}
        <span class="visually-hidden">${t(`step_state.${state}`)}</span>
      </li>`,
    )}
  </ol>`;
}

/**
 * @param {object} what
 * @param {readonly Fact[]} what.facts
 * @param {Progress} what.progress
 * @param {string} what.zone
 * @param {string | null} what.me
 * @param {(fact: Fact) => void} what.onAgain corrects an own fact, or adds one beside somebody else's
 * @param {(fact: Fact) => boolean} what.mayAgain
 */
export function recordedCard({ facts, progress, zone, me, onAgain, mayAgain }) {
  const rows = facts.filter((fact) => !fact.gone && sentenceOf(fact) !== null);
  const photos = photoCounts(facts);
  if (rows.length === 0 && photos.length === 0) return nothing;
  return html`<section class="card recorded">
    <h2>${t('receive.recorded')}</h2>
    <ul>
      ${rows.map(
        (fact) => html`<li data-fact=${fact.kind}>
          <div class="grow"><strong>${sentenceOf(fact)}</strong>
            <span class="quiet"><bdi>${fact.worker ?? t('app.not_known')}</bdi> · ${formatInstant(fact.at, zone).slice(5, 16)}</span></div>
          ${mayAgain(fact)
            ? html`<button type="button" class="link" @click=${() => onAgain(fact)}>${t(fact.worker === me ? 'receive.correct' : 'receive.again')}</button>`
            : nothing}
        </li>`,
      )}
      ${photos.map(
        ([slot, n]) => html`<li data-photos=${slot}><div class="grow"><strong>${t(`slot.${slot}`)}</strong></div>
          <span class="quiet number">${t('receive.photos', { n })}</span></li>`,
      )}
    </ul>
    ${progress.lost.length > 0
      ? html`<p class="quiet">${t('receive.lost', { slots: progress.lost.map((slot) => t(`slot.${slot}`)).join(' · ') })}</p>`
      : nothing}
  </section>`;
}

/** Slots that the closed parcel fills, in the order they are taken. */
const SHOWN_SLOTS = ['EV-28', 'EV-12', 'EV-04', 'EV-17', 'EV-16'];

/** @param {readonly Fact[]} facts @returns {[string, number][]} */
function photoCounts(facts) {
  const photos = facts.filter(({ kind, gone }) => kind === 'photo' && !gone);
  /** @type {[string, number][]} */
  const counts = SHOWN_SLOTS.map((slot) => [slot, photos.filter((one) => one.slot === slot || one.also.includes(slot)).length]);
  return counts.filter(([, n]) => n > 0);
}

/** @param {Fact} fact @returns {string | null} null: not told here */
export function sentenceOf({ kind, values, slot }) {
  switch (kind) {
    case 'condition':
      return `${t(`outer.${values.outer}`)} · ${t(`tape.${values.tape}`)}`;
    case 'weighing':
      return `${values.shown} ${t(`weigh.unit_${values.unit}`)}`;
    case 'delivery':
      return [t(`delivery.outcome_${values.outcome}`), values.reason ? t(`delivery_reason.${values.reason}`) : ''].filter(Boolean).join(' · ');
    case 'skip':
      return t('receive.skipped_row', { step: skippedName(values.step ?? ''), reason: t(`skip_reason.${values.reason}`) });
    case 'discrepancy':
      return [t(`discrepancy.${values.type}`), values.units].filter(Boolean).join(' · ');
    case 'item-id':
      return itemIdText(values);
    case 'verdict':
      return [t(`verdict.${values.verdict}`), values.reason ? t(`verdict_reason.${values.reason}`) : ''].filter(Boolean).join(' · ');
    case 'defect':
      return `${t(`defect.${values.code}`)} · ${t(`defect_class.${values.class}`)}`;
    case 'arrival':
      return t('parcel.arrived');
    case 'take':
      return slot === 'EV-18' && values.closed === 'complete' ? t('receive.counted') : null;
    default:
      return null;
  }
}

/** @param {Fact['values']} values of an `item-id`: another phone's text may be unreadable */
export function itemIdText({ text }) {
  try {
    return t('evidence.item_id_row', { id: readSpelling(text ?? '') });
  } catch {
    return t('evidence.item_id_row', { id: text ?? '' });
  }
}

/** @param {string} step of a skip: a step's name, or the photo of a slot */
function skippedName(step) {
  const photo = /^photo-ev-(\d{2}p?)(?:-\d)?$/.exec(step)?.[1];
  return photo ? t(`slot.EV-${photo}`) : t(`step.${step}`);
}
