/**
 * The count on camera. The picture on top is what is recorded; below it the step of the take and one large area per order
 * line, a tap is a unit. No ordered quantity is shown: the phone is not even sent it.
 */

import { html, nothing } from 'lit';
import { interruptionsOf } from '../core/interruptions.js';
import { lineOfCode } from '../core/line_codes.js';
import { signalRefused, unlockSound } from '../device/feedback.js';
import { noteWhy } from '../store/why_seen.js';
import { appBar } from '../ui/app_bar.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { t } from '../ui/words.js';
import { askEstimate } from './count_estimate.js';
import { listenKeys } from './count_keys.js';
import { askFinish, askLine, askRecount, askStep, differingLines, estimateList, unitsOf } from './count_questions.js';
import { unfinishedCard } from './count_resume.js';
import { countFoot, overPicture, stepStrip, tapAreas } from './count_view.js';
import { variantOf } from './goods.js';
import { interruptionText } from './interruption_words.js';
import { checkChips } from './plan.js';
import { TakeScreen } from './take_screen.js';

/** @typedef {import('../store/snapshot.js').Line} Line */

const FLASH_MS = 380;
const ASIDE_MS = 3500;
/** Warnings of something that may be over. */
const BREAKS = new Set(['hidden', 'stalled', 'camera_muted', 'sound_muted']);

export class CountingScreen extends TakeScreen {
  constructor() {
    super();
    /** @type {import('./count_questions.js').TapStep} */
    this.step = 1;
    /** Units to put aside now. @type {{ unit: number[], line: string } | null} */
    this.aside = null;
    /** @private @type {ReturnType<typeof setTimeout> | undefined} */
    this.asideTimer = undefined;
    /** @private */
    this.whyNoted = '';
    /** @private */
    this.stopKeys = () => {};
  }

  firstUpdated() {
    super.firstUpdated();
    this.stopKeys = listenKeys({ active: () => this.phase === 'running', onKey: (meaning) => this.key(meaning) });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopKeys();
    clearTimeout(this.asideTimer);
  }

  /** @private @param {string} line @param {number} units */
  count(line, units) {
    const { tally } = this.session ?? {};
    if (!this.session?.running || !tally) return;
    const aside = tally.tap(line, units);
    if (aside.length > 0) this.putAside(line, aside);
    this.flash(line);
    this.warn(this.warning === 'code' ? null : this.warning);
  }

  /** @private @param {string} line */
  flash(line) {
    const area = this.querySelector(`[data-line="${line}"]`);
    if (!area) return;
    area.classList.remove('flash');
    // Reading a layout property lets the same animation start again on fast taps.
    void (/** @type {HTMLElement} */ (area).offsetWidth);
    area.classList.add('flash');
    setTimeout(() => area.classList.remove('flash'), FLASH_MS);
  }

  /** @private @param {string} line @param {number[]} unit */
  putAside(line, unit) {
    const goods = this.facts?.lines.find((one) => one.id === line);
    this.aside = { unit, line: goods ? variantOf(goods) : '' };
    clearTimeout(this.asideTimer);
    this.asideTimer = setTimeout(() => {
      this.aside = null;
      this.requestUpdate();
    }, ASIDE_MS);
  }

  /** @private @param {import('../core/key_input.js').KeyMeaning} meaning */
  key(meaning) {
    const lines = this.facts?.lines ?? [];
    if (meaning.type === 'undo') this.undo();
    else if (meaning.type === 'count') {
      const line = lines.find(({ id }) => id === this.session?.tally?.active);
      if (line) this.count(line.id, unitsOf(this.step, line));
    } else {
      const found = lineOfCode(meaning.text, lines, appState().site?.id ?? '');
      if (found) this.count(found, 1);
      else {
        signalRefused();
        this.warn('code');
      }
    }
  }

  /** @private */
  undo() {
    if (this.session?.running) this.session.tally?.undo();
    this.aside = null;
    this.requestUpdate();
  }

  /** @private */
  shown() {
    this.session?.tally?.shown();
    if (this.warning === 'code') this.warn(null);
    this.requestUpdate();
  }

  /** @private */
  async still() {
    this.piece('.still').classList.add('taken');
    await this.session?.tally?.still(this.piece('video'));
    this.querySelector('.still')?.classList.remove('taken');
    this.requestUpdate();
  }

  /** Larger steps for all taps, or once for the line that was held. @private @param {Line | null} held */
  async chooseStep(held) {
    const lines = held ? [held] : this.facts?.lines ?? [];
    const answer = await askStep(lines, held ? 1 : this.step);
    if (answer === 'by_pack' || answer === 'by_weight') {
      const weighed = answer === 'by_weight';
      const line = await askLine(weighed ? lines.filter((one) => one.unit_weight_mg) : lines);
      const estimate = line && (await askEstimate(line, weighed ? 'weight' : 'pack'));
      if (line && estimate && this.session?.running) await this.session.tally?.estimate(line.id, estimate);
    } else if (answer !== null && held) this.count(held.id, unitsOf(answer, held));
    else if (answer !== null) this.step = answer;
    this.requestUpdate();
  }

  /** @private @param {string} id */
  async withdraw(id) {
    await this.session?.tally?.withdraw(id);
    this.requestUpdate();
  }

  /** @private */
  async finish() {
    const { tally } = this.session ?? {};
    const facts = this.facts;
    if (!tally || !facts) return;
    const { total, recounted } = tally.events;
    // Nobody can say whether a count differs while its first part is not known here.
    const known = total > 0 && !recounted && !tally.partUnknown;
    const differing = known ? differingLines(facts.lines, facts.id, tally.perLine, tally.estimates) : [];
    if (differing.length === 0) {
      if (await askFinish(facts.lines, tally.perLine, tally.estimates)) await this.close(false);
      return;
    }
    const answer = await askRecount(differing);
    if (answer === 'keep') await this.close(false);
    if (answer === 'recount' && this.session?.running) await tally.recount();
    this.requestUpdate();
  }

  render() {
    const apart = this.phase === 'trouble' || this.phase === 'asking';
    return html`${appBar({ title: this.facts?.customerCode || t('count.title'), back: () => void this.back() })}
      <div class="count-screen ${apart ? 'in-trouble' : ''}" @pointerdown=${() => unlockSound()}>
        ${this.renderStage()} ${apart ? this.renderApart() : this.renderCount()}
      </div>`;
  }

  /** @private */
  renderStage() {
    const tally = this.session?.tally;
    const running = this.phase === 'running';
    const opening = this.phase === 'loading' || this.phase === 'opening' || this.phase === 'starting';
    return html`<div class="stage">
      <div class="picture-box">
        <video muted playsinline aria-hidden="true"></video>
        <canvas width="16" height="9" role="img" aria-label=${t('count.preview')}></canvas>
      </div>
      ${opening ? waiting(t('scan.opening')) : nothing}
      ${overPicture({
        running,
        seconds: this.seconds,
        minutes: this.phase === 'trouble' ? null : this.minutes,
        total: tally?.total ?? 0,
        part: tally?.part ?? '',
        recounted: tally?.events.recounted ?? false,
        warning: running ? this.warningText() : '',
        chips: running && this.facts ? checkChips(this.facts) : [],
        aside: this.aside,
        camera: running ? { stills: tally?.stills ?? 0, onStill: () => void this.still() } : null,
      })}
    </div>`;
  }

  /** An interruption that is over says how long it was. @private */
  warningText() {
    const { warning } = this;
    if (!warning) return '';
    const last = BREAKS.has(warning) ? interruptionsOf(this.session?.recorder?.events.list ?? []).at(-1) : null;
    return last?.long ? interruptionText(last) : t(`count.warn_${warning}`);
  }

  /** @private */
  renderCount() {
    const { facts, session } = this;
    const tally = session?.tally;
    const running = this.phase === 'running';
    const last = running ? tally?.events.lastTap ?? null : null;
    return html`${running && tally ? this.renderStrip(tally) : html`<div></div>`}
      ${tapAreas({
        lines: facts?.lines ?? [],
        pictures: facts?.pictures ?? new Map(),
        perLine: tally?.perLine ?? new Map(),
        active: running ? tally?.active ?? null : null,
        step: this.step,
        still: !running,
        onTap: (line) => this.count(line.id, unitsOf(this.step, line)),
        onHold: (line) => void this.chooseStep(line),
        after: tally ? estimateList(tally.estimates, (id) => void this.withdraw(id)) : nothing,
      })}
      ${countFoot({
        running,
        closing: this.phase === 'closing',
        last: facts?.lines.find(({ id }) => id === last?.line) ?? null,
        lastUnits: last?.n ?? 0,
        step: this.step,
        on: { onUndo: () => this.undo(), onStep: () => void this.chooseStep(null), onFinish: () => void this.finish() },
      })}`;
  }

  /** @private @param {import('./count_tally.js').CountTally} tally */
  renderStrip({ steps }) {
    const { current } = steps;
    const known = this.prepared?.knownWhys ?? new Set();
    if (current && current !== this.whyNoted) {
      this.whyNoted = current;
      void noteWhy(appState().worker?.id ?? '', `take.${current}`);
    }
    return stepStrip({
      steps,
      why: current !== null && !known.has(`take.${current}`),
      onShown: () => this.shown(),
    });
  }

  /** @private */
  renderApart() {
    const { trouble } = this;
    const unfinished = this.prepared?.unfinished;
    if (this.phase === 'asking' && unfinished) {
      const answers = { onGoOn: () => this.answered(true), onAnew: () => this.answered(false) };
      const shown = { zone: appState().site?.zone ?? this.facts?.view.receivedZone ?? 'Asia/Shanghai', lines: this.facts?.lines ?? [] };
      return html`<div class="trouble">${unfinishedCard(unfinished, shown, answers)}</div>`;
    }
    if (!trouble) return nothing;
    const actions = html`<button type="button" class="big main" @click=${() => void this.openCamera()}>${t('phone.try_again')}</button>
      ${trouble.sound
        ? html`<button type="button" class="big" @click=${() => void this.begin()}>${t('count.no_sound_yes')}</button>`
        : nothing}`;
    return html`<div class="trouble">${messageBox({ ...trouble, actions })}</div>`;
  }
}

customElements.define('dp-counting', CountingScreen);
