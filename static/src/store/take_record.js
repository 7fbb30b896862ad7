/** The record that closes a take, built from what the store holds of it. */
import { chunkLine, chunksText, merkleRoot } from '../core/chunks.js';
import { eventsText, tallyFold } from '../core/events.js';
import { sha256Hex } from '../core/hash.js';
import { parseRecord } from '../core/record.js';
import { openDb } from './db.js';
import { takeChunks, takeEvents } from './evidence.js';
import { appendRecord, recordById } from './journal.js';
import { parcelView } from './snapshot.js';
import { mimeOf } from './take_mime.js';

const COUNT_SLOTS = new Set(['EV-01', 'EV-18']);

/** @typedef {import('./journal.js').Means} Means */
/** @typedef {import('../core/record.js').RecordFields} RecordFields */

/**
 * Closes a take and appends its record: file, chunk root, units per line in the parcel's line order, events.
 * @param {string | import('./evidence.js').OpenTake} take an id when the take is closed already
 * @param {{closed: 'complete' | 'interrupted', mono: RecordFields['mono'], wall: RecordFields['wall'],
 *   offset?: RecordFields['offset'], mime?: string}} how
 * @param {Means} means
 * @returns {Promise<{id: string, seq: number, hash: string, text: string}>}
 */
export async function sealTake(take, { closed, mono, wall, offset, mime }, means) {
  const takeId = typeof take === 'string' ? take : take.takeId;
  if (typeof take !== 'string') await take.close();
  const opened = await openingRecord(takeId);
  const { boot, site, worker, order, parcel, slot, label } = opened;
  const { file, side, chunks, tally, events } = await contents(takeId, parcel, slot, mime);
  return appendRecord(
    {
      ...{ boot, site, worker, order, parcel, slot, label },
      ...(offset !== undefined && { offset }),
      kind: 'take',
      opens: takeId,
      // Nothing on disk is no complete take, however it ended.
      closed: file ? closed : 'interrupted',
      ...{ tally, file, chunks, mono, wall, events },
      side,
    },
    means,
  );
}

/**
 * Seals a take that a crash left open: it ends at its last slice, by the clocks of its own page session.
 * @param {string} takeId from `recoverTakes`
 * @param {Means} means
 * @returns {Promise<{id: string, seq: number, hash: string, text: string}>}
 */
export async function sealInterrupted(takeId, means) {
  const { mono, wall } = await openingRecord(takeId);
  const [chunks, events] = await Promise.all([takeChunks(takeId), takeEvents(takeId)]);
  const last = Math.max(chunks[chunks.length - 1]?.ms ?? 0, events[events.length - 1]?.ms ?? 0);
  const how = {
    closed: /** @type {const} */ ('interrupted'),
    mono: { start: mono.start, stop: mono.start + last },
    wall: { start: wall.start, stop: wall.start + last, tz: wall.tz },
  };
  return sealTake(takeId, how, means);
}

/** @param {string} takeId @returns {Promise<RecordFields>} */
async function openingRecord(takeId) {
  const row = await recordById(takeId);
  if (!row) throw new Error(`no take-open record ${takeId}`);
  return parseRecord(row.text);
}

/**
 * @param {string} takeId
 * @param {string | null} parcel
 * @param {string | null} slot a film that shows something else than a count tallies nothing, not even zero
 * @param {string} [mime]
 * @returns {Promise<Pick<RecordFields, 'file' | 'chunks' | 'tally' | 'events'> & {side: {name: string, text: string}[]}>}
 */
async function contents(takeId, parcel, slot, mime) {
  const [take, rows, happened] = await Promise.all([
    (await openDb()).get('takes', takeId),
    takeChunks(takeId),
    takeEvents(takeId),
  ]);
  if (!take?.closed) throw new Error(`take ${takeId} is not closed`);
  const { bytes, sha256 } = take.closed;
  const side = [];
  const events = eventsText(happened);
  if (events) side.push({ name: 'events.txt', text: events });
  if (rows.length) side.push({ name: 'chunks.txt', text: chunksText(rows) });
  return {
    file: sha256 ? { sha256, bytes, mime: mime?.replace(/\s/g, '') || (await mimeOf(takeId)) } : null,
    chunks: rows.length ? { n: rows.length, root: merkleRoot(rows.map(chunkLine)) } : null,
    tally: slot !== null && !COUNT_SLOTS.has(slot) ? [] : unitsPerLine(take.lines.length ? take.lines : await linesOf(parcel), tallyFold(happened).perLine),
    events: events ? sha256Hex(events) : null,
    side,
  };
}

/** Where a crash came before the lines were kept. @param {string | null} parcel @returns {Promise<string[]>} */
async function linesOf(parcel) {
  return ((parcel && (await parcelView(parcel))?.lines) || []).map(({ id }) => id);
}

/**
 * @param {readonly string[]} lines the parcel's, in its order; a line tapped but not listed comes after them
 * @param {Map<string, number>} perLine
 * @returns {{line: string, units: number}[]}
 */
function unitsPerLine(lines, perLine) {
  return [...new Set([...lines, ...perLine.keys()])].map((line) => ({ line, units: perLine.get(line) ?? 0 }));
}
