/** The one thing that comes next, and the foot below it: one panel a stage. */

import { html, nothing } from 'lit';
import { doneIcon, recordIcon, scanIcon, warnIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { CAMERA_STAGES, closedSteps, mayFilm, photosOf, reasonsFor } from './parcel_flow.js';

/** @typedef {import('./parcel.js').ParcelScreen} ParcelScreen */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */

/**
 * @param {ParcelScreen} screen
 * @param {ParcelWork} work
 */
export function panelOf(screen, work) {
  const { stage, busy } = screen;
  switch (stage) {
    case 'delivery':
      return panel(stage, html`<dp-delivery .disabled=${busy}
        @delivery=${(/** @type {CustomEvent<Parameters<ParcelScreen['delivery']>[0]>} */ event) => void screen.delivery(event.detail)}></dp-delivery>`);
    case 'condition':
      return panel(stage, html`<dp-condition .disabled=${busy}
        @condition=${(/** @type {CustomEvent<{ outer: string, tape: string }>} */ event) => void screen.condition(event.detail)}></dp-condition>`);
    case 'weight':
      return panel(stage, html`<dp-weigh-pad .disabled=${busy} @weight=${() => screen.requestUpdate()}></dp-weigh-pad>`);
    case 'damage_photo':
      return panel(stage, html`<p class="lead">${t('receive.do_damage_photo')}</p>
        <p class="quiet">${t('receive.photos', { n: photosOf(work.facts, 'EV-17') })}</p>`);
    case 'delivery_photo':
    case 'label_photo':
    case 'weight_photo':
      return panel(stage, html`<p class="lead">${t(`receive.do_${stage}`)}</p>`);
    case 'refused':
      return html`<section class="panel">${messageBox({ kind: 'info', what: t('receive.refused'), safe: t('receive.refused_safe'), next: t('receive.refused_next') })}</section>`;
    case 'complete':
      return complete(work);
    default:
      return html`${panel(stage, html`<p class="lead">${t(`receive.do_${stage}`)}</p>`)} ${skipRow(screen)}`;
  }
}

/** @param {ParcelWork} work */
function complete({ progress }) {
  const late = progress.steps.filter(({ state }) => state === 'late').map(({ name }) => t(`step.${name}`));
  return html`<section class="panel result small-result ${late.length > 0 ? 'cut' : ''}">
    <p class="tick">${late.length > 0 ? warnIcon : doneIcon}</p>
    <p class="lead">${late.length > 0 ? t('receive.complete_late', { steps: late.join(' · ') }) : t('receive.complete')}</p>
  </section>`;
}

/** @param {string} stage @param {import('lit').TemplateResult} inside */
function panel(stage, inside) {
  return html`<section class="panel">${inside}<dp-why .name=${stage}></dp-why></section>`;
}

/**
 * @param {ParcelScreen} screen
 * @param {ParcelWork} work
 */
export function footOf(screen, work) {
  const { stage, again } = screen;
  if (again) return html`${weightButton(screen, work)}<button type="button" class="big plain" @click=${() => screen.stopAgain()}>${t('phone.cancel')}</button>`;
  return html`${mainButton(screen, work)} ${CAMERA_STAGES.has(stage) ? skipRow(screen) : nothing}
    ${stage === 'count' || stage === 'sample' || stage === 'verdict'
      ? html`<button type="button" class="big plain" data-later @click=${() => screen.go('/scan')}>${scanIcon}${t('phone.parcel_to_scanner')}</button>`
      : nothing}`;
}

/** @param {ParcelScreen} screen @param {ParcelWork} work */
function mainButton(screen, work) {
  const { busy } = screen;
  const noLines = work.parcel.lines.length === 0;
  switch (screen.stage) {
    case 'weight':
      return weightButton(screen, work);
    case 'damage_photo':
      return photosOf(work.facts, 'EV-17') === 0
        ? nothing
        : html`<button type="button" class="big main" data-enough ?disabled=${busy} @click=${() => screen.enoughDamage()}>${doneIcon}${t('receive.enough')}</button>`;
    case 'arrive':
      return html`<button type="button" class="big main" data-arrive ?disabled=${busy} @click=${() => void screen.arrive()}>${doneIcon}${t('phone.arrive')}</button>`;
    case 'count':
      return html`<button type="button" class="big main shutter" ?disabled=${noLines} @click=${() => screen.film()}>${recordIcon}${t('phone.parcel_film')}</button>`;
    case 'sample':
      return html`<button type="button" class="big main" data-sample @click=${() => screen.sample()}>${doneIcon}${t('receive.to_sample')}</button>`;
    case 'verdict':
      return html`<button type="button" class="big main" data-verdict @click=${() => screen.verdict()}>${doneIcon}${t('receive.to_verdict')}</button>`;
    case 'refused':
    case 'complete':
      return html`<button type="button" class="big main" data-done @click=${() => screen.go('/scan')}>${doneIcon}${t('receive.done')}</button>
        ${screen.stage === 'complete' && mayFilm(work.progress)
          ? html`<button type="button" class="big plain shutter-plain" ?disabled=${noLines} @click=${() => screen.film()}>${recordIcon}${t('phone.film_anyway')}</button>`
          : nothing}`;
    default:
      return nothing;
  }
}

/** The shutter keeps weight and picture at once; this is for a picture taken before, or one that comes later. @param {ParcelScreen} screen @param {ParcelWork} work */
function weightButton(screen, work) {
  if (screen.stage !== 'weight') return nothing;
  const pad = /** @type {import('./weigh.js').WeighPad | null} */ (screen.querySelector('dp-weigh-pad'));
  if (!pad?.text) return nothing;
  const pictured = photosOf(work.facts, 'EV-16') > 0;
  return html`<button type="button" class="big ${pictured ? 'main' : 'plain'}" data-save-weight ?disabled=${screen.busy}
    @click=${() => void screen.saveWeight()}>${t(pictured ? 'weigh.save' : 'weigh.save_first')}</button>`;
}

/** Why something of the goods is not shown yet: the parcel's screen asks for it, or for the reason why not. @param {import('../core/receiving.js').Progress} progress */
export function earlyNote(progress) {
  const steps = closedSteps(progress).map((step) => t(`step.${step}`));
  return html`<span class="field-error" data-early>${t('count.before_cut', { steps: steps.join(' · ') })}</span>`;
}

/** @param {ParcelScreen} screen */
function skipRow(screen) {
  const reasons = reasonsFor(screen.stage);
  const pad = /** @type {import('./weigh.js').WeighPad | null} */ (screen.querySelector('dp-weigh-pad'));
  if (reasons.length === 0 || (screen.stage === 'weight' && pad?.text)) return nothing;
  const rows = screen.stage === 'weight' ? 'tight' : reasons.length > 3 ? 'four' : '';
  return html`<div class="skip-row ${rows}" role="group" aria-label=${t('receive.skip')}>
    <span class="skip-name">${warnIcon}${t('receive.skip')}</span>
    ${reasons.map(
      (reason) => html`<button type="button" class="option" data-skip=${reason} ?disabled=${screen.busy}
        @click=${() => void screen.skip(reason)}>${t(`skip_reason.${reason}`)}</button>`,
    )}
  </div>`;
}
