/**
 * What happens inside a running take, without its looks: units, steps, stills, estimates, the recount. Everything is an
 * event of the take or a record of its own; nothing here touches the film.
 */

import { chimes } from '../core/sampling.js';
import { stillOf, TakeSteps } from '../core/take_steps.js';
import { signalDone, signalPutAside, signalRefused, signalSeveral, signalShutter, signalUndone } from '../device/feedback.js';
import { shoot } from '../device/photo.js';
import { keepContinued, wholeUnits } from '../store/continued.js';
import { estimateDraft, openingDraft, withdrawalDraft } from './count_drafts.js';
import { partText } from './count_overlay.js';
import { sumOf } from './count_resume.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';

/** @typedef {import('./count_drafts.js').ParcelRefs} ParcelRefs */
/** @typedef {import('../core/estimates.js').Estimate} Estimate */
/** `id`: its record. @typedef {Estimate & { id: string, line: string }} KeptEstimate */

export class CountTally {
  /**
   * @param {object} options
   * @param {ParcelRefs} options.refs
   * @param {string} options.take its take-open record
   * @param {import('../device/recorder.js').TakeRecorder} options.recorder
   * @param {readonly import('../core/take_steps.js').TakeStep[]} options.proven before the take
   * @param {(line: string) => Uint8Array | null} options.seedOf what decides which units are put aside; null: none are
   * @param {import('../store/continued.js').Continued | null} [options.continued] the count that it goes on with
   * @param {(error: unknown) => void} options.onError a record could not be kept
   */
  constructor({ refs, take, recorder, proven, seedOf, continued = null, onError }) {
    /** @private */ this.refs = refs;
    /** @private */ this.take = take;
    /** @private */ this.recorder = recorder;
    /** @private */ this.onError = onError;
    /** @private */ this.seedOf = seedOf;
    /** @private */ this.continued = continued;
    this.steps = new TakeSteps(proven);
    /** Where keys and scans without a line count. @type {string | null} */
    this.active = refs.lines[0] ?? null;
    /** @private */ this.opened = proven.includes('cut');
    /** Stills kept in this take. */
    this.stills = 0;
    /** @type {KeptEstimate[]} */
    this.estimates = [];
    /** @private What is still being written; the take waits for it before it closes. @type {Set<Promise<unknown>>} */
    this.writing = new Set();
  }

  get events() {
    return this.recorder.events;
  }

  /** Units of the whole count by line, as far as this phone knows what it goes on from. @returns {Map<string, number>} */
  get perLine() {
    const own = this.events.perLine;
    return wholeUnits(own, this.continued) ?? own;
  }

  /** @returns {number} */
  get total() {
    return sumOf(this.perLine);
  }

  /** Whether an earlier part of this count is not known here. */
  get partUnknown() {
    return this.continued !== null && !this.continued.recounted && this.continued.units === null;
  }

  /** Which part of a count in several films this is; empty: the only one. @returns {string} */
  get part() {
    return partText(this.continued);
  }

  /**
   * Counts units on a line; whoever counts has the parcel open.
   * @param {string} line order line id
   * @param {number} n units
   * @returns {number[]} numbers of those that are put aside for the sample
   */
  tap(line, n) {
    this.begun('count');
    // Numbered on from the part before: the lot is the whole count.
    const before = this.perLine.get(line) ?? 0;
    this.events.tally(line, n);
    this.active = line;
    this.recorder.repaint();
    if (n > 1) signalSeveral();
    else signalDone();
    const seed = this.seedOf(line);
    const aside = seed ? Array.from({ length: n }, (_, i) => before + 1 + i).filter((unit) => chimes(seed, unit)) : [];
    if (aside.length > 0) signalPutAside();
    return aside;
  }

  /** Takes the last tap back; nothing standing is refused aloud. */
  undo() {
    if (!this.events.undo()) {
      signalRefused();
      return;
    }
    this.active = this.events.lastLine ?? this.active;
    this.recorder.repaint();
    signalUndone();
  }

  /** The current step was shown. */
  shown() {
    const step = this.steps.shown();
    if (!step) return;
    this.events.add({ type: 'mark', name: step });
    if (step === 'cut') this.open();
    signalDone();
  }

  /** The count differed: all of it, also what it goes on from, starts at 0 in the same take, once. @returns {Promise<void>} */
  recount() {
    this.events.add({ type: 'mark', name: 'recount' });
    this.steps.recount();
    const before = this.continued;
    if (before) this.continued = { ...before, recounted: true };
    this.recorder.repaint();
    return before ? this.keep(() => keepContinued(this.take, { ...before, recounted: true })) : Promise.resolve();
  }

  /**
   * Keeps the camera's picture of this moment; film and tally go on meanwhile.
   * @param {HTMLVideoElement} video
   * @returns {Promise<void>} when it is durable
   */
  still(video) {
    const step = this.steps.current ?? 'label_again';
    const at = Math.max(0, Math.round(this.recorder.elapsed));
    // A picture of the opening is taken of an open parcel, whether or not somebody said so.
    if (step === 'cut' || step === 'inside') this.open();
    const line = step === 'count' ? this.active : null;
    return this.keep(async () => {
      const { data, mime } = await shoot(video);
      const { slot, also } = stillOf(step);
      const { refs, take } = this;
      const { id } = await keepPhoto({ refs, slot, also: [...also], line, take, at, source: 'still', data, mime });
      this.events.add({ type: 'still', record: id });
      this.stills += 1;
      signalShutter();
    });
  }

  /** @param {string} line @param {Estimate} estimate @returns {Promise<void>} */
  estimate(line, estimate) {
    this.begun('count');
    this.active = line;
    return this.keep(async () => {
      const { id } = await keepRecord(estimateDraft(this.refs, nowSpan(), { ...estimate, line, take: this.take }));
      this.estimates = [...this.estimates, { ...estimate, id, line }];
      signalDone();
    });
  }

  /** @param {string} id of an estimate of this take @returns {Promise<void>} */
  withdraw(id) {
    return this.keep(async () => {
      await keepRecord(withdrawalDraft(this.refs, nowSpan(), id));
      this.estimates = this.estimates.filter((one) => one.id !== id);
      signalUndone();
    });
  }

  /** Until all that was begun is written or has failed. @returns {Promise<void>} */
  async settled() {
    await Promise.all(this.writing);
  }

  /** @private @param {import('../core/take_steps.js').TakeStep} step */
  begun(step) {
    this.steps.reach(step);
    this.open();
  }

  /** Says once, and at once, that the parcel is open. @private */
  open() {
    if (this.opened) return;
    this.opened = true;
    const at = Math.max(0, Math.round(this.recorder.elapsed));
    void this.keep(() => keepRecord(openingDraft(this.refs, nowSpan(), { take: this.take, at })));
  }

  /** @private @param {() => Promise<unknown>} work @returns {Promise<void>} never rejects: the film goes on */
  keep(work) {
    const turn = work().then(() => undefined, (error) => this.onError(error));
    this.writing.add(turn);
    return turn.finally(() => this.writing.delete(turn));
  }
}
