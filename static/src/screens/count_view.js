/** The looks of a running count: the picture with what lies over it, the step strip, an area per line, the three buttons. */

import { html, nothing } from 'lit';
import { TAKE_STEPS } from '../core/take_steps.js';
import { photoIcon, doneIcon, undoIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';
import { unitsOf } from './count_questions.js';
import { goodsRow, variantOf } from './goods.js';

/** @typedef {import('../store/snapshot.js').Line} Line */
/** @typedef {import('./count_questions.js').TapStep} TapStep */

/**
 * Minutes of film as people read them; nobody plans beyond two hours.
 * @param {number} minutes
 */
export function minutesText(minutes) {
  return minutes > 120 ? t('count.minutes_many') : t('count.minutes_left', { n: minutes });
}

/**
 * What lies over the picture on the screen; none of it is in the film.
 * @param {object} now
 * @param {boolean} now.running
 * @param {string} now.seconds time in the take
 * @param {number | null} now.minutes of film that still fit; null: the browser does not say
 * @param {number} now.total units
 * @param {string} now.part which part of a count in several films this is; empty: the only one
 * @param {boolean} now.recounted
 * @param {string} now.warning empty: none
 * @param {import('lit').TemplateResult[]} now.chips what the importer asks for
 * @param {{ unit: number[], line: string } | null} now.aside units to put aside now
 * @param {{ stills: number, onStill: () => void } | null} now.camera null: no still can be kept
 */
export function overPicture({ running, seconds, minutes, total, part, recounted, warning, chips, aside, camera }) {
  return html`<div class="over">
    <div class="over-top">
      ${running || minutes !== null
        ? html`<span class="pill">
            ${running ? html`<span class="dot" aria-hidden="true"></span><span class="number">${seconds}</span>` : nothing}
            ${minutes === null ? nothing : html`<small class="minutes">${minutesText(minutes)}</small>`}
          </span>`
        : nothing}
      ${running
        ? html`<span class="pill sum" aria-live="polite">${t(recounted ? 'count.total_again' : 'count.total', { n: total })}</span>`
        : nothing}
    </div>
    <p class="over-warning" role="status">${warning
      ? html`<span class="pill warn">${warning}</span>`
      : running && part
        ? html`<span class="pill part">${part}</span>`
        : nothing}</p>
    <div class="over-foot">
      ${chips.length > 0
        ? html`<ul class="over-chips" tabindex="0" aria-label=${t('phone.checks')}>${chips.map((chip) => html`<li>${chip}</li>`)}</ul>`
        : html`<span></span>`}
      ${camera
        ? html`<span class="still-key"><button type="button" class="still" aria-label=${t('count.still')} @click=${camera.onStill}>${photoIcon}</button>
            ${camera.stills > 0 ? html`<span class="still-count">${camera.stills}</span>` : nothing}</span>`
        : nothing}
    </div>
    ${aside
      ? html`<div class="put-aside" role="alert"><p>${t('count.put_aside')}</p>
          <p class="unit">${aside.unit.map((unit) => t('count.unit_no', { n: unit })).join(' · ')}</p>
          <p class="of">${aside.line}</p></div>`
      : nothing}
  </div>`;
}

/**
 * @param {object} now
 * @param {import('../core/take_steps.js').TakeSteps} now.steps
 * @param {boolean} now.why whether the reason is shown
 * @param {() => void} now.onShown
 */
export function stepStrip({ steps, why, onShown }) {
  const { current, done } = steps;
  const at = current ? TAKE_STEPS.indexOf(current) : TAKE_STEPS.length;
  const state = (/** @type {import('../core/take_steps.js').TakeStep} */ step, /** @type {number} */ i) =>
    step === current ? 'now' : done.has(step) ? 'done' : i < at ? 'skipped' : '';
  return html`<section class="strip" aria-label=${t('count.steps')}>
    <ol class="strip-dots" aria-hidden="true">${TAKE_STEPS.map((step, i) => html`<li class=${state(step, i)}></li>`)}</ol>
    <div class="strip-row">
      <div class="strip-text">
        ${current
          ? html`<p class="strip-name"><span class="number">${at + 1}/${TAKE_STEPS.length}</span> ${t(`count.step_${current}`)}</p>
              <p class="strip-show">${t(`count.show_${current}`)}</p>
              ${why ? html`<p class="strip-why">${t(`count.why_${current}`)}</p>` : nothing}`
          : html`<p class="strip-name">${t('count.steps_done')}</p>`}
      </div>
      ${current
        ? html`<button type="button" class="strip-next" @click=${onShown}>${doneIcon}<span>${t('count.step_next')}</span></button>`
        : nothing}
    </div>
  </section>`;
}

/**
 * @param {object} now
 * @param {readonly Line[]} now.lines
 * @param {ReadonlyMap<string, string>} now.pictures
 * @param {ReadonlyMap<string, number>} now.perLine
 * @param {string | null} now.active
 * @param {TapStep} now.step
 * @param {boolean} now.still no take runs
 * @param {(line: Line) => void} now.onTap
 * @param {(line: Line) => void} now.onHold
 * @param {unknown} now.after what stands below the areas
 */
export function tapAreas({ lines, pictures, perLine, active, step, still, onTap, onHold, after }) {
  return html`<div class="taps ${lines.length > 3 ? 'many' : ''}">
    ${lines.map((line) => {
      const adds = unitsOf(step, line);
      const press = holdable(() => onTap(line), () => onHold(line));
      return html`<button type="button" class="tap ${line.id === active ? 'active' : ''}" data-line=${line.id} ?disabled=${still}
        title=${t('count.tap_label')} @pointerdown=${press.down} @pointerup=${press.up} @pointerleave=${press.up}
        @pointercancel=${press.up} @click=${press.click} @contextmenu=${(/** @type {Event} */ event) => event.preventDefault()}>
        ${goodsRow(line, pictures.get(line.id))}
        <span class="units-box"><span class="units">${perLine.get(line.id) ?? 0}</span>
          ${adds > 1 ? html`<span class="adds">+${adds}</span>` : nothing}</span>
      </button>`;
    })}
    ${after}
  </div>`;
}

const HOLD_MS = 550;
/** The touch that is held now, across the drawings in between. @type {{ timer: ReturnType<typeof setTimeout> | undefined, held: boolean, at: number }} */
const touch = { timer: undefined, held: false, at: 0 };

/** A tap, or a long press and then no tap. @param {() => void} onTap @param {() => void} onHold */
function holdable(onTap, onHold) {
  return {
    down: (/** @type {PointerEvent} */ event) => {
      clearTimeout(touch.timer);
      touch.held = false;
      touch.at = event.timeStamp;
      touch.timer = setTimeout(() => {
        touch.held = true;
        onHold();
      }, HOLD_MS);
    },
    up: () => clearTimeout(touch.timer),
    click: (/** @type {MouseEvent} */ event) => {
      clearTimeout(touch.timer);
      // A click without a pointer comes from a keyboard or a screen reader.
      const pointed = event.detail !== 0;
      // On a busy phone the timer may come later than the finger leaves.
      if (pointed && !touch.held && event.timeStamp - touch.at >= HOLD_MS) onHold();
      else if (!pointed || !touch.held) onTap();
      touch.held = false;
    },
  };
}

/**
 * @param {object} now
 * @param {boolean} now.running
 * @param {boolean} now.closing
 * @param {Line | null} now.last whose tap an undo takes back
 * @param {number} now.lastUnits how many
 * @param {TapStep} now.step
 * @param {{ onUndo: () => void, onStep: () => void, onFinish: () => void }} now.on
 */
export function countFoot({ running, closing, last, lastUnits, step, on }) {
  return html`<div class="count-foot">
    <button type="button" class="big plain" data-undo ?disabled=${!last} @click=${on.onUndo}>
      <span class="row">${undoIcon}${t('count.undo')}</span>${last ? html`<small>−${lastUnits} ${variantOf(last)}</small>` : nothing}
    </button>
    <button type="button" class="big plain step ${step === 1 ? '' : 'on'}" data-step title=${t('count.add_title')}
      ?disabled=${!running} @click=${on.onStep}><span class="number">${step === 'pack' ? t('count.step_pack') : `+${step}`}</span></button>
    <button type="button" class="big main" data-finish ?disabled=${!running} @click=${on.onFinish}>
      <span class="row">${doneIcon}${closing ? t('count.closing') : t('count.finish')}</span>
    </button>
  </div>`;
}
