/**
 * Everything that only this phone has, as a ZIP that the desk imports and anybody can check with `sha256sum -c`: records
 * without the server's answer, records whose bytes it has not verified, and those bytes. Nothing here is changed by it.
 *
 *     queue.txt                     `format 1`, `device`, `site`, `app`, `exported` (device epoch ms), LF after each
 *     records/<seq>-<id>.txt        the text as signed; `.sig` its base64url signature, `.events.txt`, `.chunks.txt`
 *     files/<id>                    bytes of a photo's record, or of the take that a take-open record opened
 *     manifest-sha256.txt           last: `<hex>  <path>` of every other entry
 */
import { buildHash } from '../core/assets.js';
import { ZipStream } from '../core/zip.js';
import { openDb } from './db.js';
import { readRange, takeState } from './evidence.js';
import { tryLock } from './locks.js';
import { allPhotos, photoBytes } from './photos.js';
import { getSetting } from './settings.js';
import { allTakes } from './takes.js';

/** @typedef {import('./db.js').JournalRow} JournalRow */
/** @typedef {{records: JournalRow[], takes: {id: string, bytes: number}[], photos: {id: string, bytes: number}[], bytes: number}} Queue `bytes`: of films and photos */

const PIECE = 4 * 1024 * 1024;
const utf8 = new TextEncoder();

/** A take is being filmed: its bytes would be cut. */
export class StillFilming extends Error {
  constructor() {
    super('a take is being filmed');
    this.name = 'StillFilming';
    this.code = 'recorder_busy';
  }
}

/** @returns {Promise<Queue>} what is not safe without this phone */
export async function queued() {
  const takes = (await allTakes()).filter(({ verifiedAt }) => !verifiedAt);
  const photos = (await allPhotos()).filter(({ verifiedAt }) => !verifiedAt);
  const sized = await Promise.all(takes.map(async ({ takeId: id }) => ({ id, bytes: (await takeState(id))?.bytes ?? 0 })));
  const small = photos.map(({ id, bytes }) => ({ id, bytes }));
  const wanted = new Set([...sized, ...small].map(({ id }) => id));
  const records = [];
  for (let cursor = await (await openDb()).transaction('journal').store.openCursor(); cursor; cursor = await cursor.continue()) {
    const row = cursor.value;
    if (row.state !== 'accepted' || wanted.has(row.id) || wanted.has(row.opens ?? '')) records.push(row);
  }
  const bytes = [...sized, ...small].reduce((sum, one) => sum + one.bytes, 0);
  return { records, takes: sized.filter((one) => one.bytes > 0), photos: small, bytes };
}

/**
 * The archive, piece by piece.
 * @param {Queue} queue
 * @param {{now: number, onProgress?: (bytes: number) => void}} run `now`: device epoch milliseconds
 * @returns {AsyncGenerator<Uint8Array>}
 * @throws {StillFilming | import('./errors.js').BytesUnreadable}
 */
export async function* queueZip(queue, { now, onProgress = () => undefined }) {
  const release = await tryLock('recorder');
  if (!release) throw new StillFilming();
  try {
    const zip = new ZipStream();
    for await (const [name, pieces] of contents(queue, now)) {
      for await (const bytes of zip.entry(name, pieces)) {
        yield bytes;
        onProgress(zip.offset);
      }
    }
    const manifest = zip.entries.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
    yield* zip.entry('manifest-sha256.txt', [utf8.encode(manifest)]);
    yield* zip.end();
  } finally {
    await release();
  }
}

/** @param {Queue} queue @param {number} now @returns {AsyncGenerator<[string, AsyncIterable<Uint8Array> | Iterable<Uint8Array>]>} */
async function* contents(queue, now) {
  const [device, site] = await Promise.all([getSetting('device'), getSetting('site')]);
  const head = `format 1\ndevice ${device ?? '-'}\nsite ${site?.id ?? '-'}\napp ${buildHash()}\nexported ${now}\n`;
  yield ['queue.txt', [utf8.encode(head)]];
  for (const { seq, id, text, signature, side } of queue.records) {
    const base = `records/${String(seq).padStart(8, '0')}-${id}`;
    yield [`${base}.txt`, [utf8.encode(text)]];
    yield [`${base}.sig`, [utf8.encode(`${signature}\n`)]];
    for (const file of side) yield [`${base}.${file.name}`, [utf8.encode(file.text)]];
  }
  for (const { id } of queue.photos) {
    const data = await photoBytes(id);
    if (data) yield [`files/${id}`, [new Uint8Array(data)]];
  }
  for (const { id, bytes } of queue.takes) yield [`files/${id}`, takePieces(id, bytes)];
}

/** @param {string} takeId @param {number} bytes @returns {AsyncGenerator<Uint8Array>} */
async function* takePieces(takeId, bytes) {
  for (let at = 0; at < bytes; at += PIECE) {
    yield new Uint8Array(await readRange(takeId, at, Math.min(at + PIECE, bytes)));
  }
}
