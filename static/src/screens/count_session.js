/**
 * One count on camera, without its looks: camera, arrival, take-open, recording, taps, closing record.
 * The order of writing is the point: arrival before the shutter, the opening record before the first slice.
 */

import { drawSeed } from '../core/sampling.js';
import { openCamera, showStream } from '../device/camera.js';
import { TakeRecorder } from '../device/recorder.js';
import { holdAwake } from '../device/wakelock.js';
import { keepContinued } from '../store/continued.js';
import { openTake } from '../store/evidence.js';
import { takeChallenge } from '../store/challenges.js';
import { sealTake } from '../store/take_record.js';
import { poke } from '../sync/drain.js';
import { arrivalDraft, COUNT_SLOT, segmentDraft, takeOpenDraft } from './count_drafts.js';
import { CountTally } from './count_tally.js';
import { keepRecord, nowSpan, recordMeans } from './keep_record.js';
import { isCode } from './refusal.js';

/** @typedef {import('../device/recorder.js').TakeProblem} TakeProblem */
/** @typedef {import('./count_drafts.js').ParcelRefs} ParcelRefs */
/** @typedef {import('../core/take_steps.js').TakeStep} TakeStep */

/** Without this browser's camera a take cannot go on; what was filmed until then is kept. */
const FATAL = new Set(['camera_ended', 'recorder', 'storage_full', 'storage']);
/** A stall may be a slow phone catching its breath: only a second silence ends the take. */
const STALL_GRACE_MS = 3000;

export class CountSession {
  /**
   * @param {object} options
   * @param {ParcelRefs} options.refs
   * @param {(ms: number) => import('../device/overlay.js').OverlayModel} options.model what is burned into the pixels
   * @param {(problem: TakeProblem) => void} options.onProblem something to show; the take goes on
   * @param {(takeId: string, problem: TakeProblem) => void} options.onCut the take had to end and is closed
   */
  constructor({ refs, model, onProblem, onCut }) {
    /** @private */ this.refs = refs;
    /** @private */ this.model = model;
    /** @private */ this.onProblem = onProblem;
    /** @private */ this.onCut = onCut;
    /** @private @type {import('../device/camera.js').OpenCamera | null} */ this.camera = null;
    /** @private @type {import('../device/wakelock.js').AwakeHold | null} */ this.awake = null;
    /** @private @type {Promise<string> | null} */ this.closing = null;
    /** @type {TakeRecorder | null} */
    this.recorder = null;
    /** @private @type {import('../store/evidence.js').OpenTake | null} */ this.take = null;
    /** What is counted; null: no take has begun. @type {CountTally | null} */
    this.tally = null;
  }

  /** Its take-open record; null: no film has begun. @returns {string | null} */
  get takeId() {
    return this.take?.takeId ?? null;
  }

  /** Whether film runs now. */
  get running() {
    return this.take !== null && this.closing === null;
  }

  /** Whether the phone may fall asleep in the middle of the take. */
  get mayFallAsleep() {
    return this.awake !== null && !this.awake.held;
  }

  /**
   * Opens camera and microphone and shows the picture.
   * @param {HTMLVideoElement} video
   * @returns {Promise<import('../device/camera.js').ProblemReason | null>} why there is no sound
   * @throws {import('../device/camera.js').CameraProblem}
   */
  async open(video) {
    this.dropCamera();
    const camera = await openCamera({ audio: true });
    this.camera = camera;
    await showStream(video, camera.stream);
    return camera.audioTrack ? null : camera.soundProblem ?? 'none';
  }

  /**
   * The parcel's arrival, where it has none yet.
   * @returns {Promise<void>}
   */
  async recordArrival() {
    await keepRecord(arrivalDraft(this.refs, nowSpan()));
  }

  /**
   * Writes the take-open record and starts filming.
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} canvas
   * @param {object} how
   * @param {readonly TakeStep[]} how.proven before the take
   * @param {boolean} how.sampled whether drawn units are put aside
   * @param {{ take: string, continued: import('../store/continued.js').Continued } | null} how.goesOn the unfinished take that this one goes on with
   * @param {ReadonlyMap<string, number>} [how.tranches] the next tranche of each line; left out: the first
   * @param {string} [how.slot] what the film shows; only a count's tallies units
   * @returns {Promise<void>}
   */
  async begin(video, canvas, { proven, sampled, goesOn, tranches = new Map(), slot = COUNT_SLOT }) {
    const { camera } = this;
    if (!camera) throw new Error('the camera is not open');
    this.awake = await holdAwake();
    const recorder = new TakeRecorder({
      video,
      canvas,
      videoTrack: camera.videoTrack,
      audioTrack: camera.audioTrack,
      model: this.model,
      onProblem: (problem) => this.noticed(problem),
    });
    this.recorder = recorder;
    const challenge = await takeChallenge();
    const { id, hash } = await keepRecord(takeOpenDraft(this.refs, nowSpan(), challenge, slot));
    if (goesOn) {
      await keepContinued(id, goesOn.continued);
      await keepRecord(segmentDraft(this.refs, nowSpan(), { of: goesOn.take, next: id }));
    }
    const take = await openTake(id, { mime: recorder.mime, lines: slot === COUNT_SLOT ? this.refs.lines : [] });
    this.tally = new CountTally({
      refs: this.refs,
      take: id,
      recorder,
      proven,
      continued: goesOn?.continued ?? null,
      seedOf: seedsOf(sampled ? challenge : null, hash, tranches),
      onError: (error) => this.noticed(isCode(error, 'storage_full') ? 'storage_full' : 'record'),
    });
    recorder.start(take);
    this.take = take;
    poke();
  }

  /** @private @param {TakeProblem} problem */
  noticed(problem) {
    if (!this.running) return;
    this.onProblem(problem);
    if (FATAL.has(problem)) void this.cut(problem);
    if (problem === 'stalled') setTimeout(() => this.stillStalled(), STALL_GRACE_MS);
  }

  /** @private */
  stillStalled() {
    if (this.running && this.recorder && this.recorder.quietMs > STALL_GRACE_MS) void this.cut('stalled');
  }

  /** @private @param {TakeProblem} problem */
  async cut(problem) {
    const takeId = this.take?.takeId ?? '';
    // A full disk may refuse even the closing record: the bytes stay, and the next start closes the take.
    await this.finish({ interrupted: true }).catch(() => undefined);
    this.onCut(takeId, problem);
  }

  /**
   * Stops filming and writes the closing record. A second call answers the first.
   * @param {{ interrupted?: boolean }} [options]
   * @returns {Promise<string>} the take's id
   */
  finish(options = {}) {
    this.closing ??= this.close(options.interrupted ?? false);
    return this.closing;
  }

  /** @private @param {boolean} interrupted @returns {Promise<string>} */
  async close(interrupted) {
    const { recorder, take } = this;
    if (!recorder || !take) throw new Error('no take is running');
    try {
      // A still that is being kept is an event of this take.
      await this.tally?.settled();
      const span = await recorder.stop({ interrupted });
      const closed = span.interrupted ? 'interrupted' : 'complete';
      await sealTake(take, { closed, mono: span.mono, wall: span.wall }, await recordMeans());
      poke();
      return take.takeId;
    } finally {
      this.release();
    }
  }

  /** Lets camera and screen go; a running take must be finished first. */
  release() {
    this.recorder?.release();
    this.dropCamera();
    void this.awake?.release();
    this.awake = null;
  }

  /** @private */
  dropCamera() {
    this.camera?.close();
    this.camera = null;
  }
}

/**
 * Which units of a line are put aside: nobody at the table can know it before the take began.
 * @param {string | null} challenge id; null: no sample, or nothing that the server gave out lies ready
 * @param {string} takeOpen hash of the take-open record
 * @param {ReadonlyMap<string, number>} tranches
 * @returns {(line: string) => Uint8Array | null}
 */
function seedsOf(challenge, takeOpen, tranches) {
  /** @type {Map<string, Uint8Array>} */
  const seeds = new Map();
  return (line) => {
    if (challenge === null) return null;
    const seed = seeds.get(line) ?? drawSeed(challenge, takeOpen.replace(/^sha256:/, ''), line, tranches.get(line) ?? 1);
    seeds.set(line, seed);
    return seed;
  };
}
