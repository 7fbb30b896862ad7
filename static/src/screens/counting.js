/**
 * The count on camera. The picture on top is what is recorded; below it one large area per order line, a tap is a unit.
 * No ordered quantity is shown: the phone is not even sent it.
 */

import { html, nothing } from 'lit';
import { minutesLeft } from '../device/capabilities.js';
import { CameraProblem } from '../device/camera.js';
import { unlockSound } from '../device/feedback.js';
import { drawOverlay, elapsedText } from '../device/overlay.js';
import { printedCode } from '../core/label.js';
import { appBar } from '../ui/app_bar.js';
import { ask, confirmAsk } from '../ui/dialog.js';
import { doneIcon, undoIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { setState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { cameraProblemWords, soundProblemWords } from './camera_words.js';
import { CountSession } from './count_session.js';
import { goodsRow, variantOf } from './goods.js';
import { loadParcel, receiptTexts, refsOf } from './parcel_facts.js';
import { isCode, refusalWords } from './refusal.js';
import { donePath } from './routes.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */
/** @typedef {import('../device/recorder.js').TakeProblem} TakeProblem */
/** @typedef {{ what: string, safe?: string, next?: string, sound?: boolean }} Trouble */

const FLASH_MS = 380;

export class CountingScreen extends View {
  constructor() {
    super();
    this.parcelId = '';
    /** @type {'loading' | 'opening' | 'starting' | 'running' | 'closing' | 'closed' | 'trouble'} */
    this.phase = 'loading';
    /** @type {ParcelFacts | null} */
    this.facts = null;
    /** @type {Trouble | null} */
    this.trouble = null;
    /** @type {TakeProblem | 'awake' | 'space' | null} */
    this.warning = null;
    this.seconds = '00:00';
    /** @private @type {CountSession | null} */
    this.session = null;
    /** @private @type {{ received: string, limits: string[] }} */
    this.receipt = { received: '', limits: [] };
    /** @private @type {ReturnType<typeof setInterval> | undefined} */
    this.ticking = undefined;
    /** @private */
    this.beforeUnload = (/** @type {BeforeUnloadEvent} */ event) => {
      if (this.session?.running) event.preventDefault();
    };
  }

  firstUpdated() {
    window.addEventListener('beforeunload', this.beforeUnload);
    void this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('beforeunload', this.beforeUnload);
    clearInterval(this.ticking);
    setState({ recording: false });
    if (this.session?.running) void this.session.finish({ interrupted: true });
    else this.session?.release();
  }

  /** @private @param {CountingScreen['phase']} phase */
  enter(phase) {
    this.phase = phase;
    setState({ recording: phase === 'starting' || phase === 'running' || phase === 'closing' });
    this.requestUpdate();
  }

  /** @private @param {Trouble} trouble */
  fail(trouble) {
    this.trouble = trouble;
    this.enter('trouble');
  }

  /** @private */
  async load() {
    const facts = await loadParcel(this.parcelId);
    if (!facts) {
      this.go('/scan', { replace: true });
      return;
    }
    this.facts = facts;
    const minutes = await minutesLeft();
    if (minutes !== null && minutes < 1) {
      this.fail({ what: t('count.no_space'), safe: t('count.no_space_safe'), next: t('count.no_space_next') });
      return;
    }
    this.warning = minutes !== null && minutes < 10 ? 'space' : null;
    await this.openCamera();
  }

  /** @private */
  async openCamera() {
    if (!this.facts) return;
    this.trouble = null;
    this.enter('opening');
    await this.updateComplete;
    this.session?.release();
    this.session = new CountSession({
      refs: refsOf(this.facts),
      paint: (pen, width, height, ms) => drawOverlay(pen, width, height, this.overlay(ms)),
      onProblem: (problem) => this.noticed(problem),
      onCut: (takeId, problem) => this.leaveFor(takeId, problem),
    });
    try {
      const soundProblem = await this.session.open(this.piece('video'));
      if (soundProblem) this.fail({ what: soundProblemWords(soundProblem), next: t('count.sound_next'), sound: true });
      else await this.begin();
    } catch (error) {
      this.session.release();
      this.fail(
        error instanceof CameraProblem
          ? { ...cameraProblemWords(error.reason), safe: t('count.nothing_filmed') }
          : { what: refusalWords(error), safe: t('count.nothing_filmed') },
      );
    }
  }

  /** Arrival first, then the shutter. @private */
  async begin() {
    const { session, facts } = this;
    if (!session || !facts) return;
    this.trouble = null;
    this.enter('starting');
    try {
      if (!facts.received) {
        await session.recordArrival();
        this.facts = (await loadParcel(this.parcelId)) ?? facts;
      }
      this.receipt = receiptTexts(this.facts ?? facts);
      await session.begin(this.piece('video'), this.piece('canvas'));
    } catch (error) {
      session.release();
      const full = isCode(error, 'storage_full');
      const what = full ? t('count.no_space') : t(isCode(error, 'recorder_busy') ? 'count.busy' : 'count.start_failed');
      this.fail({ what, safe: t('count.no_space_safe'), next: t(full ? 'count.no_space_next' : 'count.start_failed_next') });
      return;
    }
    if (session.mayFallAsleep) this.warning ??= 'awake';
    this.ticking = setInterval(() => this.tick(), 500);
    this.enter('running');
  }

  /** @private */
  tick() {
    this.seconds = elapsedText(this.session?.recorder?.elapsed ?? 0);
    this.requestUpdate();
  }

  /** @private @param {number} ms @returns {import('../device/overlay.js').OverlayModel} */
  overlay(ms) {
    const facts = this.facts;
    const events = this.session?.recorder?.events;
    const perLine = events?.perLine ?? new Map();
    return {
      orderNos: facts?.orders.map((order) => order.order_no) ?? [],
      parcelCode: facts?.label ? printedCode(facts.label) : facts?.waybill ?? '',
      received: this.receipt.received,
      limits: this.receipt.limits,
      totalLabel: t('count.overlay_total'),
      total: events?.total ?? 0,
      lines: (facts?.lines ?? []).map((line) => ({
        label: variantOf(line),
        count: perLine.get(line.id) ?? 0,
        current: events?.lastLine === line.id,
      })),
      elapsed: elapsedText(ms),
    };
  }

  /** @private @param {TakeProblem} problem */
  noticed(problem) {
    this.warning = problem;
    this.requestUpdate();
  }

  /** @private @param {string} line */
  tap(line) {
    this.session?.tap(line);
    const area = this.querySelector(`[data-line="${line}"]`);
    if (area) {
      area.classList.remove('flash');
      // Reading a layout property lets the same animation start again on fast taps.
      void (/** @type {HTMLElement} */ (area).offsetWidth);
      area.classList.add('flash');
      setTimeout(() => area.classList.remove('flash'), FLASH_MS);
    }
    this.requestUpdate();
  }

  /** @private */
  undo() {
    this.session?.undo();
    this.requestUpdate();
  }

  /** @private */
  async finish() {
    const total = this.session?.recorder?.events.total ?? 0;
    const sure = await confirmAsk({
      title: total > 0 ? t('count.finish_title', { n: total }) : t('count.finish_zero_title'),
      body: total > 0 ? this.totals() : html`<p>${t('count.finish_zero')}</p>`,
      yes: total > 0 ? t('count.finish_yes') : t('count.finish_zero_yes'),
      no: t('count.go_on'),
      danger: total === 0,
    });
    if (sure) await this.close(false);
  }

  /** @private */
  totals() {
    const perLine = this.session?.recorder?.events.perLine ?? new Map();
    return html`<ul class="rows">
      ${this.facts?.lines.map(
        (line) => html`<li><span class="grow">${variantOf(line)}</span><span class="amount">${perLine.get(line.id) ?? 0}</span></li>`,
      )}
    </ul>`;
  }

  /** @private @param {boolean} interrupted */
  async close(interrupted) {
    const session = this.session;
    if (!session?.running) return;
    this.enter('closing');
    clearInterval(this.ticking);
    try {
      this.leaveFor(await session.finish({ interrupted }), null);
    } catch {
      // The take keeps its bytes on disk and is closed at the next start.
      this.fail({ what: t('count.close_failed'), safe: t('count.close_failed_safe'), next: t('count.close_failed_next') });
    }
  }

  /** @private @param {string} takeId @param {TakeProblem | null} problem */
  leaveFor(takeId, problem) {
    clearInterval(this.ticking);
    this.enter('closed');
    this.go(donePath(this.parcelId, takeId, problem), { replace: true });
  }

  async mayLeave() {
    if (this.phase === 'closing') return false;
    if (!this.session?.running) return true;
    const answer = await ask({
      title: t('count.leave_title'),
      body: html`<p>${t('count.leave_body')}</p>`,
      choices: [
        { value: 'stay', label: t('count.go_on'), look: 'main' },
        { value: 'leave', label: t('count.leave_yes'), look: 'danger' },
      ],
      focus: 'stay',
    });
    if (answer !== 'leave') return false;
    await this.close(true);
    return false;
  }

  /** @private */
  async back() {
    if (await this.mayLeave()) this.go(`/parcel/${this.parcelId}`, { replace: true });
  }

  render() {
    const facts = this.facts;
    return html`${appBar({ title: facts?.customerCode || t('count.title'), back: () => void this.back() })}
      <div class="count-screen ${this.phase === 'trouble' ? 'in-trouble' : ''}" @pointerdown=${() => unlockSound()}>
        <div class="stage">
          <video muted playsinline aria-hidden="true"></video>
          <canvas width="16" height="9" role="img" aria-label=${t('count.preview')}></canvas>
          ${this.phase === 'loading' || this.phase === 'opening' || this.phase === 'starting'
            ? waiting(t('scan.opening'))
            : nothing}
        </div>
        ${this.phase === 'trouble' ? this.renderTrouble() : html`${this.renderLive()} ${this.renderTaps()} ${this.renderFoot()}`}
      </div>`;
  }

  /** @private */
  renderLive() {
    const running = this.phase === 'running';
    const warning = this.warning ? t(`count.warn_${this.warning}`) : '';
    return html`<div class="live">
      ${running ? html`<span class="dot" aria-hidden="true"></span><span class="number">${this.seconds}</span>` : nothing}
      <span class="grow" role="status">${running ? warning : ''}</span>
      ${running
        ? html`<span class="sum" aria-live="polite">${t('count.total', { n: this.session?.recorder?.events.total ?? 0 })}</span>`
        : nothing}
    </div>`;
  }

  /** @private */
  renderTaps() {
    const perLine = this.session?.recorder?.events.perLine ?? new Map();
    const still = this.phase !== 'running';
    return html`<div class="taps">
      ${this.facts?.lines.map((line) => {
        const units = perLine.get(line.id) ?? 0;
        return html`<button type="button" class="tap" data-line=${line.id} ?disabled=${still} title=${t('count.tap_label')} @click=${() => this.tap(line.id)}>
          ${goodsRow(line, this.facts?.pictures.get(line.id))}<span class="units">${units}</span>
        </button>`;
      })}
    </div>`;
  }

  /** @private */
  renderFoot() {
    const events = this.session?.recorder?.events;
    const running = this.phase === 'running';
    const last = running ? events?.lastLine : null;
    const line = this.facts?.lines.find((one) => one.id === last);
    return html`<div class="count-foot">
      <button type="button" class="big plain" ?disabled=${!last} @click=${() => this.undo()}>
        <span class="row">${undoIcon}${t('count.undo')}</span>${line ? html`<small>−1 ${variantOf(line)}</small>` : nothing}
      </button>
      <button type="button" class="big main" ?disabled=${!running} @click=${() => void this.finish()}>
        <span class="row">${doneIcon}${this.phase === 'closing' ? t('count.closing') : t('count.finish')}</span>
      </button>
    </div>`;
  }

  /** @private */
  renderTrouble() {
    const trouble = this.trouble;
    if (!trouble) return nothing;
    const actions = html`<button type="button" class="big main" @click=${() => void this.openCamera()}>${t('phone.try_again')}</button>
      ${trouble.sound
        ? html`<button type="button" class="big" @click=${() => void this.begin()}>${t('count.no_sound_yes')}</button>`
        : nothing}`;
    return html`<div class="trouble">${messageBox({ ...trouble, actions })}</div>`;
  }
}

customElements.define('dp-counting', CountingScreen);
