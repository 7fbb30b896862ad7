/**
 * A screen that holds a take, from the unfinished one of somebody else to the end: camera, arrival, shutter, what can go
 * wrong, leaving. What is done while it runs is the screen's own.
 */

import { html } from 'lit';
import { asks } from '../core/plan.js';
import { minutesLeft } from '../device/capabilities.js';
import { CameraProblem } from '../device/camera.js';
import { elapsedText } from '../device/overlay.js';
import { progressOfParcel } from '../store/parcel_records.js';
import { ask } from '../ui/dialog.js';
import { setState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { cameraProblemWords, soundProblemWords } from './camera_words.js';
import { COUNT_SLOT } from './count_drafts.js';
import { overlayModel } from './count_overlay.js';
import { loadPreparation } from './count_preparation.js';
import { CountSession } from './count_session.js';
import { loadParcel, receiptTexts, refsOf } from './parcel_facts.js';
import { mayFilm } from './parcel_flow.js';
import { planOf } from './plan.js';
import { isCode, refusalWords } from './refusal.js';
import { donePath, parcelPath } from './routes.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */
/** @typedef {import('../device/recorder.js').TakeProblem} TakeProblem */
/** @typedef {{ what: string, safe?: string, next?: string, sound?: boolean }} Trouble */

const TICK_MS = 500;
/** The browser's estimate of free space is not for free. */
const SPACE_TICKS = 30;

export class TakeScreen extends View {
  constructor() {
    super();
    this.parcelId = '';
    /** What the film shows. @protected @type {string} */
    this.shows = COUNT_SLOT;
    /** @type {'loading' | 'asking' | 'opening' | 'starting' | 'running' | 'closing' | 'closed' | 'trouble'} */
    this.phase = 'loading';
    /** @type {ParcelFacts | null} */
    this.facts = null;
    /** Said anew when somebody who cannot read it changes the language. @private @type {(() => Trouble) | null} */
    this.sayTrouble = null;
    /** @type {TakeProblem | 'awake' | 'space' | 'code' | null} */
    this.warning = null;
    this.seconds = '00:00';
    /** Minutes of film that still fit; null: the browser does not say. @type {number | null} */
    this.minutes = null;
    /** @protected @type {import('./count_preparation.js').Preparation | null} */
    this.prepared = null;
    /** @protected The unfinished take that this one goes on with. @type {import('./count_resume.js').UnfinishedTake | null} */
    this.goesOn = null;
    /** @protected @type {CountSession | null} */
    this.session = null;
    /** @protected @type {{ received: string, limits: string[] }} */
    this.receipt = { received: '', limits: [] };
    /** @protected @type {ReturnType<typeof setInterval> | undefined} */
    this.ticking = undefined;
    /** @private */
    this.ticks = 0;
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

  /** @protected @param {TakeScreen['phase']} phase */
  enter(phase) {
    this.phase = phase;
    setState({ recording: phase === 'starting' || phase === 'running' || phase === 'closing' });
    this.requestUpdate();
  }

  /** @protected @param {() => Trouble} say */
  fail(say) {
    this.sayTrouble = say;
    this.enter('trouble');
  }

  /** @protected */
  get trouble() {
    return this.sayTrouble?.() ?? null;
  }

  /** @protected */
  async load() {
    const facts = await loadParcel(this.parcelId);
    if (!facts) {
      this.go('/scan', { replace: true });
      return;
    }
    const progress = await progressOfParcel(this.parcelId);
    // The address alone leads here too; the parcel's screen asks for what is still open.
    if (progress && !mayFilm(progress)) {
      this.go(parcelPath(this.parcelId), { replace: true });
      return;
    }
    this.facts = facts;
    this.prepared = await loadPreparation(facts);
    if (!(await this.checkSpace())) return;
    if (this.prepared.unfinished) this.enter('asking');
    else await this.openCamera();
  }

  /** @protected @returns {Promise<boolean>} whether a film fits on this phone */
  async checkSpace() {
    const minutes = await minutesLeft();
    this.minutes = minutes;
    if (minutes !== null && minutes < 1) {
      this.fail(() => ({ what: t('count.no_space'), safe: t('count.no_space_safe'), next: t('count.no_space_next') }));
      return false;
    }
    this.warning = minutes !== null && minutes < 10 ? 'space' : null;
    return true;
  }

  /** @protected @param {boolean} goOn */
  answered(goOn) {
    this.goesOn = goOn ? this.prepared?.unfinished ?? null : null;
    void this.openCamera();
  }

  /** @protected */
  async openCamera() {
    if (!this.facts) return;
    this.sayTrouble = null;
    this.enter('opening');
    await this.updateComplete;
    this.session?.release();
    this.session = new CountSession({
      refs: refsOf(this.facts),
      model: (ms) => this.overlayAt(ms),
      onProblem: (problem) => this.warn(problem),
      onCut: (takeId, problem) => this.leaveFor(takeId, problem),
    });
    try {
      const soundProblem = await this.session.open(this.piece('video'));
      if (soundProblem) this.fail(() => ({ what: soundProblemWords(soundProblem), next: t('count.sound_next'), sound: true }));
      else await this.begin();
    } catch (error) {
      this.session.release();
      this.fail(() =>
        error instanceof CameraProblem
          ? { ...cameraProblemWords(error.reason), safe: t('count.nothing_filmed') }
          : { what: refusalWords(error), safe: t('count.nothing_filmed') },
      );
    }
  }

  /** What is known of the count that this take goes on with. @protected @returns {import('../store/continued.js').Continued | null} */
  get continued() {
    if (!this.goesOn) return null;
    const { names, perLine, endedMs } = this.goesOn;
    return { names, units: perLine && [...perLine], endedMs };
  }

  /** What is burned into the pixels. @protected @param {number} ms time in the take */
  overlayAt(ms) {
    return overlayModel(this.facts, this.receipt, this.session?.recorder?.events ?? null, ms, this.continued);
  }

  /** Arrival first, then the shutter. @protected */
  async begin() {
    const { session, facts, prepared } = this;
    if (!session || !facts || !prepared) return;
    this.sayTrouble = null;
    this.enter('starting');
    try {
      if (!facts.received) {
        await session.recordArrival();
        this.facts = (await loadParcel(this.parcelId)) ?? facts;
      }
      this.receipt = receiptTexts(this.facts ?? facts);
      await session.begin(this.piece('video'), this.piece('canvas'), {
        proven: prepared.proven,
        sampled: this.shows === COUNT_SLOT && asks(planOf(facts), 'sample'),
        goesOn: this.goesOn && this.continued ? { take: this.goesOn.take, continued: this.continued } : null,
        tranches: prepared.tranches,
        slot: this.shows,
      });
    } catch (error) {
      session.release();
      const full = isCode(error, 'storage_full');
      const what = full ? 'count.no_space' : isCode(error, 'recorder_busy') ? 'count.busy' : 'count.start_failed';
      this.fail(() => ({ what: t(what), safe: t('count.no_space_safe'), next: t(full ? 'count.no_space_next' : 'count.start_failed_next') }));
      return;
    }
    if (session.mayFallAsleep) this.warning ??= 'awake';
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.enter('running');
  }

  /** The picture's shape, without the bands; by the object model, since the CSP lets no style attribute through. */
  updated() {
    const { canvas, bands } = this.session?.recorder ?? {};
    if (!canvas) return;
    const { top, bottom } = bands ?? { top: 0, bottom: 0 };
    const { style } = /** @type {HTMLElement} */ (this.piece('.stage'));
    style.setProperty('--wide', String(canvas.width));
    style.setProperty('--high', String(canvas.height - top - bottom));
    style.setProperty('--crop', `${Math.round((100 * top) / (top + bottom || 1))}%`);
  }

  /** @protected */
  tick() {
    this.seconds = elapsedText(this.session?.recorder?.elapsed ?? 0);
    this.ticks += 1;
    if (this.ticks % SPACE_TICKS === 0) void minutesLeft().then((minutes) => (this.minutes = minutes));
    this.requestUpdate();
  }

  /** Something to read while the take goes on. @protected @param {TakeScreen['warning']} what */
  warn(what) {
    this.warning = what;
    this.requestUpdate();
  }

  /** @protected @param {boolean} interrupted */
  async close(interrupted) {
    const session = this.session;
    if (!session?.running) return;
    this.enter('closing');
    clearInterval(this.ticking);
    try {
      this.leaveFor(await session.finish({ interrupted }), null);
    } catch {
      // The take keeps its bytes on disk and is closed at the next start.
      this.fail(() => ({ what: t('count.close_failed'), safe: t('count.close_failed_safe'), next: t('count.close_failed_next') }));
    }
  }

  /** @protected @param {string} takeId @param {TakeProblem | null} problem */
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

  /** @protected */
  async back() {
    if (await this.mayLeave()) this.go(`/parcel/${this.parcelId}`, { replace: true });
  }
}
