/** `events.txt`, and what its taps add up to: the server's twin reads the same tests/vectors/events.json. */

/**
 * What happened in a take; `ms` since its mono start. `n` of a tally or undo is positive, `total` is the take's running
 * total after it, `for` of a stall is how long nothing came. A `mark` names a step of the take (`tape`, `cut`, `layout` …), a
 * `still` the photo record made of that frame.
 * @typedef {{ms: number, type: 'tally' | 'undo', line: string, n: number, total: number}
 *   | {ms: number, type: 'hidden' | 'visible'}
 *   | {ms: number, type: 'mute' | 'unmute' | 'ended', track: 'audio' | 'video'}
 *   | {ms: number, type: 'stalled', for: number}
 *   | {ms: number, type: 'mark', name: string}
 *   | {ms: number, type: 'still', record: string}} TakeEvent
 */

/** Units per line id (lines touched at least once) and of the take. @typedef {{perLine: Map<string, number>, total: number}} Tally */

const COUNTED = /^(\d+) (tally|undo) ([0-9a-f]{32}) ([+-])([1-9]\d*) (\d+)$/;
const SEEN = /^(\d+) (hidden|visible)$/;
const TRACK = /^(\d+) (mute|unmute|ended) (audio|video)$/;
const STALLED = /^(\d+) stalled ([1-9]\d*)$/;
const MARK = /^(\d+) mark ([a-z][a-z0-9_]{0,39})$/;
const STILL = /^(\d+) still ([0-9a-f]{32})$/;

/** @param {TakeEvent} event @returns {string} the line without its LF */
function eventLine(event) {
  switch (event.type) {
    case 'tally':
    case 'undo': {
      const sign = event.type === 'tally' ? '+' : '-';
      return `${event.ms} ${event.type} ${event.line} ${sign}${event.n} ${event.total}`;
    }
    case 'mute':
    case 'unmute':
    case 'ended':
      return `${event.ms} ${event.type} ${event.track}`;
    case 'stalled':
      return `${event.ms} stalled ${event.for}`;
    case 'mark':
      return `${event.ms} mark ${event.name}`;
    case 'still':
      return `${event.ms} still ${event.record}`;
    default:
      return `${event.ms} ${event.type}`;
  }
}

/**
 * @param {string} line
 * @returns {TakeEvent}
 * @throws {RangeError}
 */
function parseLine(line) {
  let match = COUNTED.exec(line);
  if (match && (match[2] === 'tally') === (match[4] === '+')) {
    const type = match[2] === 'tally' ? 'tally' : 'undo';
    return { ms: Number(match[1]), type, line: match[3], n: Number(match[5]), total: Number(match[6]) };
  }
  match = SEEN.exec(line);
  if (match) return { ms: Number(match[1]), type: match[2] === 'hidden' ? 'hidden' : 'visible' };
  match = TRACK.exec(line);
  if (match) {
    const type = /** @type {'mute' | 'unmute' | 'ended'} */ (match[2]);
    return { ms: Number(match[1]), type, track: match[3] === 'audio' ? 'audio' : 'video' };
  }
  match = STALLED.exec(line);
  if (match) return { ms: Number(match[1]), type: 'stalled', for: Number(match[2]) };
  match = MARK.exec(line);
  if (match) return { ms: Number(match[1]), type: 'mark', name: match[2] };
  match = STILL.exec(line);
  if (match) return { ms: Number(match[1]), type: 'still', record: match[2] };
  throw new RangeError(`not an event line: ${line}`);
}

/**
 * @param {readonly TakeEvent[]} list in order; none gives the empty text, and the record then says `events -`
 * @returns {string}
 * @throws {RangeError} a malformed event, or taps that do not add up
 */
export function eventsText(list) {
  tallyFold(list);
  const lines = list.map(eventLine);
  for (const line of lines) if (eventLine(parseLine(line)) !== line) throw new RangeError(`not an event line: ${line}`);
  return lines.map((line) => line + '\n').join('');
}

/**
 * @param {string} text not empty
 * @returns {TakeEvent[]}
 * @throws {RangeError}
 */
export function parseEvents(text) {
  if (!text.endsWith('\n')) throw new RangeError('events.txt has no closing LF');
  const list = text.slice(0, -1).split('\n').map(parseLine);
  if (eventsText(list) !== text) throw new RangeError('events.txt is not what its events would write');
  return list;
}

/** The count differed and is made once more in the same take: it starts at 0. @param {TakeEvent} event */
function isRecount(event) {
  return event.type === 'mark' && event.name === 'recount';
}

/**
 * Adds the taps up since the last recount began. An undo takes back the last tally of its line that still stands, whole; so no total falls below 0.
 * @param {readonly TakeEvent[]} list
 * @returns {Tally}
 * @throws {RangeError} time running backwards, a wrong running total, an undo that takes back nothing
 */
export function tallyFold(list) {
  /** @type {Map<string, number[]>} */
  const standing = new Map();
  let total = 0;
  let ms = 0;
  for (const event of list) {
    if (event.ms < ms) throw new RangeError(`event at ${event.ms} ms after one at ${ms} ms`);
    ms = event.ms;
    if (isRecount(event)) {
      standing.clear();
      total = 0;
    }
    if (event.type !== 'tally' && event.type !== 'undo') continue;
    const taps = standing.get(event.line) ?? [];
    standing.set(event.line, taps);
    if (event.type === 'tally') taps.push(event.n);
    else if (taps.pop() !== event.n) throw new RangeError(`undo at ${ms} ms does not take back a tally`);
    total += event.type === 'tally' ? event.n : -event.n;
    if (event.total !== total) throw new RangeError(`running total at ${ms} ms is ${event.total}, not ${total}`);
  }
  const perLine = new Map([...standing].map(([line, taps]) => [line, taps.reduce((sum, n) => sum + n, 0)]));
  return { perLine, total };
}

/**
 * The event of a tap, ready to be kept.
 * @param {readonly TakeEvent[]} list what happened so far
 * @param {number} ms
 * @param {string} line
 * @param {number} n above 0
 * @returns {TakeEvent}
 */
export function tallyEvent(list, ms, line, n) {
  return { ms, type: 'tally', line, n, total: tallyFold(list).total + n };
}

/**
 * The event that takes the take's last standing tap back, or that of one line.
 * @param {readonly TakeEvent[]} list what happened so far
 * @param {number} ms
 * @param {string} [line]
 * @returns {TakeEvent | null} null: nothing stands
 */
export function undoEvent(list, ms, line) {
  /** @type {{line: string, n: number}[]} */
  const standing = [];
  for (const event of list) {
    if (isRecount(event)) standing.length = 0;
    else if (event.type === 'tally') standing.push(event);
    else if (event.type === 'undo') standing.splice(lastOf(standing, event.line), 1);
  }
  const at = lastOf(standing, line);
  if (at < 0) return null;
  const { line: taken, n } = standing[at];
  return { ms, type: 'undo', line: taken, n, total: tallyFold(list).total - n };
}

/**
 * Position of the last tap (of a line); `findLastIndex` is missing in older browsers of chat apps.
 * @param {readonly {line: string}[]} taps
 * @param {string} [line]
 * @returns {number} -1: none
 */
function lastOf(taps, line) {
  for (let at = taps.length - 1; at >= 0; at--) if (line === undefined || taps[at].line === line) return at;
  return -1;
}
