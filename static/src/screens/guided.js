/** One continuous take with prompts: what to show now, marked in the film when it was shown. Counts nothing. */

import { html, nothing } from 'lit';
import { GUIDES } from '../core/guides.js';
import { signalDone, signalRefused, signalShutter, unlockSound } from '../device/feedback.js';
import { elapsedText } from '../device/overlay.js';
import { shoot } from '../device/photo.js';
import { progressOfParcel } from '../store/parcel_records.js';
import { appBar } from '../ui/app_bar.js';
import { confirmAsk } from '../ui/dialog.js';
import { doneIcon, photoIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { t } from '../ui/words.js';
import { openingDraft } from './count_drafts.js';
import { overlayModel } from './count_overlay.js';
import { minutesText } from './count_view.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { loadParcel, refsOf } from './parcel_facts.js';
import { mayFilm } from './parcel_flow.js';
import { measurePath, parcelPath } from './routes.js';
import { TakeScreen } from './take_screen.js';

export class GuidedScreen extends TakeScreen {
  constructor() {
    super();
    /** As it was asked for: one of GUIDES. */
    this.asked = 'EV-02';
    /** Steps that were shown. */
    this.step = 0;
    /** @private */
    this.stills = 0;
    /** @private whether the parcel was open before this film */
    this.opened = true;
    /** @private @type {Set<Promise<unknown>>} */
    this.writing = new Set();
  }

  get guide() {
    return GUIDES.get(this.asked) ?? /** @type {import('../core/guides.js').Guide} */ (GUIDES.get('EV-02'));
  }

  /** An unfinished count is no matter of this film. @protected */
  async load() {
    this.shows = this.guide.slot;
    const facts = await loadParcel(this.parcelId);
    if (!facts) {
      this.go('/scan', { replace: true });
      return;
    }
    const progress = await progressOfParcel(this.parcelId);
    // Each of these films ends with an open parcel: what a closed one shows comes first, or the reason why not.
    if (progress && !mayFilm(progress)) {
      this.go(parcelPath(this.parcelId), { replace: true });
      return;
    }
    this.facts = facts;
    this.opened = (progress?.opened ?? null) !== null;
    this.prepared = { proven: [], unfinished: null, tranches: new Map(), knownWhys: new Set() };
    if (await this.checkSpace()) await this.openCamera();
  }

  /** @protected @param {number} ms */
  overlayAt(ms) {
    const { steps, slot } = this.guide;
    const at = Math.min(this.step, steps.length - 1);
    const lines = steps.map((step, i) => ({ label: t(`guide.name_${step}`), count: i + 1, current: i === at }));
    const model = overlayModel(this.facts, this.receipt, null, ms);
    return { ...model, totalLabel: slot, total: at + 1, lines, elapsed: elapsedText(ms) };
  }

  /** The current prompt was shown: the film says so. */
  shown() {
    const { steps, opens } = this.guide;
    const step = steps[this.step];
    const recorder = this.session?.recorder;
    if (!step || !this.session?.running || !recorder) return;
    recorder.events.add({ type: 'mark', name: step });
    this.step += 1;
    recorder.repaint();
    if (step === opens) this.open(recorder);
    signalDone();
    this.requestUpdate();
  }

  /** @private @param {import('../device/recorder.js').TakeRecorder} recorder */
  open(recorder) {
    if (this.opened || !this.facts) return;
    this.opened = true;
    const where = { take: this.takeId, at: Math.max(0, Math.round(recorder.elapsed)) };
    void this.keep(() => keepRecord(openingDraft(refsOf(/** @type {import('./parcel_facts.js').ParcelFacts} */ (this.facts)), nowSpan(), where)));
  }

  /** @private */
  get takeId() {
    return this.session?.takeId ?? '';
  }

  /** @private */
  still() {
    const { steps, stills } = this.guide;
    const step = steps[Math.min(this.step, steps.length - 1)] ?? '';
    const { facts, session } = this;
    const recorder = session?.recorder;
    if (!facts || !session?.running || !recorder) return;
    if (step === this.guide.opens) this.open(recorder);
    const at = Math.max(0, Math.round(recorder.elapsed));
    void this.keep(async () => {
      const { data, mime } = await shoot(this.piece('video'));
      const { id } = await keepPhoto({ refs: refsOf(facts), slot: stills[step] ?? this.guide.slot, take: this.takeId, at, source: 'still', data, mime });
      recorder.events.add({ type: 'still', record: id });
      this.stills += 1;
      signalShutter();
      this.requestUpdate();
    });
  }

  /** @private @param {() => Promise<unknown>} work @returns {Promise<void>} */
  keep(work) {
    const turn = work().then(() => undefined, () => {
      signalRefused();
      this.warn('record');
    });
    this.writing.add(turn);
    return turn.finally(() => this.writing.delete(turn));
  }

  /** @private */
  async finish() {
    const missing = this.guide.steps.slice(this.step).map((step) => t(`guide.name_${step}`));
    if (missing.length > 0) {
      const body = html`<p>${t('guide.missing', { steps: missing.join(' · ') })}</p>`;
      if (!(await confirmAsk({ title: t('guide.early'), body, yes: t('guide.early_yes'), no: t('count.go_on'), danger: true }))) return;
    }
    await Promise.all(this.writing);
    await this.close(false);
  }

  /** @protected @param {string} takeId @param {import('../device/recorder.js').TakeProblem | null} problem */
  leaveFor(takeId, problem) {
    clearInterval(this.ticking);
    this.enter('closed');
    this.go(this.guide.measures && !problem ? measurePath(this.parcelId, takeId) : parcelPath(this.parcelId), { replace: true });
  }

  render() {
    const apart = this.phase === 'trouble';
    return html`${appBar({ title: t(`slot.${this.guide.slot}`), back: () => void this.back() })}
      <div class="count-screen guided ${apart ? 'in-trouble' : ''}" @pointerdown=${() => unlockSound()}>
        ${this.renderStage()} ${apart ? this.renderTrouble() : this.renderSteps()}
      </div>`;
  }

  /** @private */
  renderStage() {
    const running = this.phase === 'running';
    const opening = ['loading', 'opening', 'starting'].includes(this.phase);
    return html`<div class="stage">
      <div class="picture-box">
        <video muted playsinline aria-hidden="true"></video>
        <canvas width="16" height="9" role="img" aria-label=${t('count.preview')}></canvas>
      </div>
      ${opening ? waiting(t('scan.opening')) : nothing}
      <div class="over">
        <div class="over-top"><span class="pill">
          ${running ? html`<span class="dot" aria-hidden="true"></span><span class="number">${this.seconds}</span>` : nothing}
          ${this.minutes === null ? nothing : html`<small class="minutes">${minutesText(this.minutes)}</small>`}</span></div>
        <p class="over-warning" role="status">${running && this.warning ? html`<span class="pill warn">${t(`count.warn_${this.warning}`)}</span>` : nothing}</p>
        <div class="over-foot"><span></span>${running
          ? html`<span class="still-key"><button type="button" class="still" aria-label=${t('count.still')} @click=${() => this.still()}>${photoIcon}</button>
              ${this.stills > 0 ? html`<span class="still-count">${this.stills}</span>` : nothing}</span>`
          : nothing}</div>
      </div>
    </div>`;
  }

  /** @private */
  renderSteps() {
    const { steps } = this.guide;
    const running = this.phase === 'running';
    const all = this.step >= steps.length;
    return html`<div class="guide-steps" tabindex="0" role="group" aria-label=${t('count.steps')}>
        <ol>
          ${steps.map((step, i) => {
            const state = i < this.step ? 'done' : i === this.step ? 'now' : '';
            return html`<li class=${state} data-step=${step} data-state=${state}>
              <span class="guide-no number">${i < this.step ? doneIcon : i + 1}</span>
              <span><strong>${t(`guide.name_${step}`)}</strong><span>${t(`guide.show_${step}`)}</span></span>
            </li>`;
          })}
        </ol>
      </div>
      <div class="foot">
        ${all
          ? nothing
          : html`<button type="button" class="big main" data-shown ?disabled=${!running} @click=${() => this.shown()}>${doneIcon}${t('guide.shown')}</button>`}
        <button type="button" class="big ${all ? 'main' : 'plain'}" data-finish ?disabled=${!running} @click=${() => void this.finish()}>
          ${this.phase === 'closing' ? t('count.closing') : t('guide.finish')}</button>
      </div>`;
  }

  /** @private */
  renderTrouble() {
    const { trouble } = this;
    if (!trouble) return nothing;
    const actions = html`<button type="button" class="big main" @click=${() => void this.openCamera()}>${t('phone.try_again')}</button>
      ${trouble.sound ? html`<button type="button" class="big" @click=${() => void this.begin()}>${t('count.no_sound_yes')}</button>` : nothing}`;
    return html`<div class="trouble">${messageBox({ ...trouble, actions })}</div>`;
  }
}

customElements.define('dp-guided', GuidedScreen);
