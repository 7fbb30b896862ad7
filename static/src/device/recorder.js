/**
 * One continuous take: the overlay canvas and the microphone into MediaRecorder, slice by slice into a store.
 * There is no pause: a paused MediaRecorder leaves no gap in the file, so a pause could hide anything.
 */

import { startCanvasFeed } from './canvas_feed.js';
import { mono, tzMinutesEast, wall } from './clock.js';
import { bandsOutside, drawOverlay } from './overlay.js';
import { bearsBands, pickFormat } from './recorder_format.js';
import { watchTake } from './recorder_watch.js';
import { TakeEvents } from './take_events.js';

/** @typedef {import('./recorder_watch.js').TakeProblem} TakeProblem */

/**
 * @typedef {object} TakeSink
 * @property {(slice: ArrayBuffer, ms: number) => Promise<unknown>} append resolves when the slice is on disk
 * @property {(event: import('../core/events.js').TakeEvent) => Promise<unknown>} addEvent
 */

/**
 * @typedef {object} TakeSpan
 * @property {{ start: number, stop: number }} mono milliseconds of this page session
 * @property {{ start: number, stop: number, tz: number }} wall epoch milliseconds; minutes east
 * @property {boolean} interrupted
 */

const FRAMES_PER_SECOND = 20;
const SLICE_MS = 1000;
const VIDEO_BITS = 2_500_000;
const AUDIO_BITS = 64_000;
/** After `stop()` some browsers never fire the event when the tracks have died: then go on with what is stored. */
const STOP_PATIENCE_MS = 4000;

/** @param {unknown} error @returns {TakeProblem} */
function storageProblem(error) {
  const { name, code } = /** @type {{ name?: string, code?: unknown }} */ (error ?? {});
  return code === 'storage_full' || name === 'QuotaExceededError' ? 'storage_full' : 'storage';
}

export class TakeRecorder {
  /**
   * @param {object} options
   * @param {HTMLVideoElement} options.video playing the camera
   * @param {HTMLCanvasElement} options.canvas in the document; sized here to the camera's picture and the overlay's bands
   * @param {MediaStreamTrack} options.videoTrack
   * @param {MediaStreamTrack | null} options.audioTrack null: the person chose a take without sound
   * @param {(ms: number) => import('./overlay.js').OverlayModel} options.model the facts to burn in, at a time in the take
   * @param {(problem: TakeProblem) => void} options.onProblem
   */
  constructor({ video, canvas, videoTrack, audioTrack, model, onProblem }) {
    const type = pickFormat((name) => MediaRecorder.isTypeSupported(name), audioTrack !== null);
    if (!type) throw new Error('no recording format');
    const { videoWidth: width, videoHeight: height } = video;
    const pen = canvas.getContext('2d', { alpha: false });
    if (!pen) throw new Error('no 2d context');
    this.canvas = canvas;
    /** Room of the overlay above and below the picture; null: it covers a part. */
    this.bands = bearsBands(type) ? bandsOutside(pen, width, height, model(0)) : null;
    canvas.width = width;
    canvas.height = height + (this.bands ? this.bands.top + this.bands.bottom : 0);
    /** @private @type {TakeSink | null} */ this.sink = null;
    /** @private */ this.onProblem = onProblem;
    /** @private */ this.audioTrack = audioTrack;
    this.monoStart = mono();
    this.wallStart = wall();
    this.events = new TakeEvents(
      () => mono() - this.monoStart,
      (event) => void this.sink?.addEvent(event).catch((error) => this.fail(storageProblem(error))),
    );
    /** @private */
    this.feed = startCanvasFeed({
      video,
      canvas,
      bands: this.bands,
      paint: (brush, wide, high) => drawOverlay(brush, wide, high, model(this.sink ? this.elapsed : 0), this.bands),
    });
    const stream = canvas.captureStream(FRAMES_PER_SECOND);
    if (audioTrack) stream.addTrack(audioTrack);
    /** @private */
    this.media = new MediaRecorder(stream, /** @type {MediaRecorderOptions} */ ({
      mimeType: type,
      videoBitsPerSecond: VIDEO_BITS,
      audioBitsPerSecond: AUDIO_BITS,
      // Without it MP4 comes in slices of 4 to 5 s.
      videoKeyFrameIntervalDuration: SLICE_MS,
    }));
    this.mime = (this.media.mimeType || type).replaceAll(/\s+/g, '');
    /** @private */ this.videoTrack = videoTrack;
    /** @private */ this.lastSliceAt = performance.now();
    /** @private @type {Promise<void>} */ this.writing = Promise.resolve();
    /** @private @type {TakeProblem | null} */ this.failed = null;
    /** @private @type {Promise<TakeSpan> | null} */ this.stopping = null;
    this.bytes = 0;
    /** @private @type {{ stop: () => void } | null} */ this.watch = null;
  }

  /**
   * The shutter. The take's time starts here.
   * @param {TakeSink} sink
   */
  start(sink) {
    this.sink = sink;
    this.monoStart = mono();
    this.wallStart = wall();
    this.lastSliceAt = performance.now();
    if (!this.audioTrack) this.events.add({ type: 'mute', track: 'audio' });
    this.media.addEventListener('dataavailable', (event) => this.keep(event.data));
    this.media.addEventListener('error', () => this.fail('recorder'));
    this.watch = watchTake({
      videoTrack: this.videoTrack,
      audioTrack: this.audioTrack,
      events: this.events,
      lastSliceAt: () => this.lastSliceAt,
      setBlank: (blank) => this.feed.setBlank(blank),
      onProblem: (problem) => this.onProblem(problem),
    });
    this.media.start(SLICE_MS);
  }

  /** Milliseconds since the last slice came. @returns {number} */
  get quietMs() {
    return performance.now() - this.lastSliceAt;
  }

  /** Milliseconds since the shutter. @returns {number} */
  get elapsed() {
    return mono() - this.monoStart;
  }

  /** Shows a tally in the pixels at once, without waiting for the next camera frame. */
  repaint() {
    this.feed.repaint();
  }

  /**
   * Slices go to disk one after the other, in the order they came; an empty one is none.
   * @private
   * @param {Blob} data
   */
  keep(data) {
    this.lastSliceAt = performance.now();
    if (data.size === 0) return;
    const ms = this.elapsed;
    this.writing = this.writing.then(async () => {
      if (this.failed || !this.sink) return;
      const slice = await data.arrayBuffer();
      const { byteLength } = slice;
      await this.sink.append(slice, ms);
      this.bytes += byteLength;
    }).catch((error) => this.fail(storageProblem(error)));
  }

  /** @private @param {TakeProblem} problem */
  fail(problem) {
    if (this.failed) return;
    this.failed = problem;
    this.onProblem(problem);
  }

  /**
   * Ends the take and waits until its last slice is on disk.
   * Calling it again answers the same.
   * @param {{ interrupted?: boolean }} [options]
   * @returns {Promise<TakeSpan>}
   */
  stop({ interrupted = false } = {}) {
    this.stopping ??= this.finish(interrupted);
    return this.stopping;
  }

  /** Stops painting and watching; for a take that never started too. */
  release() {
    this.watch?.stop();
    this.feed.stop();
  }

  /** @private @param {boolean} interrupted @returns {Promise<TakeSpan>} */
  async finish(interrupted) {
    const monoStop = mono();
    const wallStop = wall();
    if (this.media.state !== 'inactive') {
      const ended = new Promise((resolve) => {
        this.media.addEventListener('stop', resolve, { once: true });
        setTimeout(resolve, STOP_PATIENCE_MS);
      });
      this.media.stop();
      await ended;
    }
    this.release();
    await this.writing;
    return {
      mono: { start: this.monoStart, stop: monoStop },
      wall: { start: this.wallStart, stop: wallStop, tz: tzMinutesEast(this.wallStart) },
      interrupted: interrupted || this.failed !== null,
    };
  }
}
