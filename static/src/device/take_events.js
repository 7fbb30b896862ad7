/**
 * What happened during a take, in order, each with its time in the take. Append-only: an undo is an event of its own.
 * Pure apart from the clock it is given.
 */

import { tallyEvent, tallyFold, undoEvent } from '../core/events.js';

/** @typedef {import('../core/events.js').TakeEvent} TakeEvent */
/** A `TakeEvent` before its time is known. @typedef {TakeEvent extends infer E ? E extends TakeEvent ? Omit<E, 'ms'> : never : never} Timeless */

export class TakeEvents {
  /**
   * @param {() => number} now milliseconds since the take's mono start, whole
   * @param {(event: TakeEvent) => void} [onEvent] to keep each at once: a crash must not eat taps
   */
  constructor(now, onEvent = () => undefined) {
    /** @private */ this.now = now;
    /** @private */ this.onEvent = onEvent;
    /** @type {TakeEvent[]} */
    this.list = [];
  }

  /** Units counted so far in the take. @returns {number} */
  get total() {
    return tallyFold(this.list).total;
  }

  /** Units counted so far, per line touched. @returns {Map<string, number>} */
  get perLine() {
    return tallyFold(this.list).perLine;
  }

  /** What an undo would take back. @returns {{ line: string, n: number } | null} */
  get lastTap() {
    const undo = undoEvent(this.list, this.ms());
    return undo?.type === 'undo' ? undo : null;
  }

  /** The line of `lastTap`. @returns {string | null} */
  get lastLine() {
    return this.lastTap?.line ?? null;
  }

  /** Whether the count is being made once more. @returns {boolean} */
  get recounted() {
    return this.list.some((event) => event.type === 'mark' && event.name === 'recount');
  }

  /**
   * Counts units on a line.
   * @param {string} line
   * @param {number} n units, at least 1
   * @returns {TakeEvent}
   */
  tally(line, n) {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`a tally adds at least one unit, not ${n}`);
    return this.keep(tallyEvent(this.list, this.ms(), line, n));
  }

  /**
   * Takes back the last tally that still stands; null when none does.
   * @returns {TakeEvent | null}
   */
  undo() {
    const event = undoEvent(this.list, this.ms());
    return event && this.keep(event);
  }

  /**
   * @param {Timeless} event
   * @returns {TakeEvent}
   */
  add(event) {
    return this.keep(/** @type {TakeEvent} */ ({ ms: this.ms(), ...event }));
  }

  /** @private @param {TakeEvent} event @returns {TakeEvent} */
  keep(event) {
    this.list.push(event);
    this.onEvent(event);
    return event;
  }

  /** The list must never run backwards, not even within a clock's step. @private @returns {number} */
  ms() {
    return Math.max(0, Math.round(this.now()), this.list.at(-1)?.ms ?? 0);
  }
}
