/** The bytes of a take or photo to the server: tus, resumed from the last acknowledged byte, also while it is being filmed. */
import { Upload } from 'tus-js-client';
import { mono } from '../device/clock.js';
import { openDb, write } from '../store/db.js';
import { BASE } from './api.js';
import { GrowingSource } from './growing_source.js';
import { signedStack } from './tus_stack.js';

/** @typedef {import('../store/db.js').UploadRow} UploadRow */

export const MIN_PATCH = 256 * 1024;
export const MAX_PATCH = 8 * 1024 * 1024;
/** A PATCH should take about this long: short enough to lose little, long enough to carry its own cost. */
const GOAL_MS = 10_000;

/** What is known of the line, in bytes a PATCH; kept from one take to the next. */
let patchBytes = 1024 * 1024;

/**
 * The next PATCH's size after one took its time: towards ten seconds of line, at most doubled or halved at once.
 * @param {number} before bytes asked for
 * @param {number} sent bytes
 * @param {number} tookMs
 * @returns {number}
 */
export function nextPatchBytes(before, sent, tookMs) {
  const ideal = (sent / Math.max(1, tookMs)) * GOAL_MS;
  // A piece that was short for want of film says nothing against a larger one, and little for it.
  const aim = sent < before / 2 ? Math.min(ideal, before) : ideal;
  const gentle = Math.min(before * 2, Math.max(before / 2, aim));
  return Math.round(Math.min(MAX_PATCH, Math.max(MIN_PATCH, gentle)));
}

/** @param {string} takeId or a photo's record @returns {Promise<UploadRow>} */
export async function uploadOf(takeId) {
  const row = await (await openDb()).get('uploads', takeId);
  return row ?? { takeId, url: null, offset: 0, serverSha256: null, restarts: 0 };
}

/** @param {string} takeId @param {Partial<UploadRow>} change */
async function keepUpload(takeId, change) {
  const before = await uploadOf(takeId);
  await write(['uploads'], (tx) => tx.objectStore('uploads').put({ ...before, ...change }));
}

/** Forgets where the bytes went, so that it is sent again from its first byte. @param {string} takeId */
export async function startOver(takeId) {
  const { restarts } = await uploadOf(takeId);
  await keepUpload(takeId, { url: null, offset: 0, serverSha256: null, restarts: restarts + 1 });
}

/**
 * `beforeEach` is awaited before each request: what goes first may go first.
 * @typedef {{mime: string, signal: AbortSignal, onProgress: () => void, beforeEach?: () => Promise<void>}} Sending
 */

/**
 * Sends a take to its end. Rejects at the first failure; the caller waits and calls again.
 * @param {Sending & {takeId: string, limits?: {worthSending?: number, longEnoughMs?: number}}} take
 * @returns {Promise<void>} when every byte is acknowledged
 */
export async function uploadTake({ takeId, limits, ...sending }) {
  return uploadFrom(takeId, new GrowingSource(takeId, limits), sending);
}

/**
 * Sends what is whole already: its length is told at once.
 * @param {Sending & {id: string, data: ArrayBuffer}} what `id` of the record that promised the bytes
 * @returns {Promise<void>} when every byte is acknowledged
 */
export async function uploadWhole({ id, data, ...sending }) {
  return uploadFrom(id, new WholeSource(data), sending);
}

/** Bytes in memory as a source for tus-js-client. */
class WholeSource {
  /** @param {ArrayBuffer} data */
  constructor(data) {
    this.bytes = new Uint8Array(data);
    this.size = data.byteLength;
  }

  /** @param {number} start @param {number} end */
  async slice(start, end) {
    const bytes = this.bytes.subarray(start, Math.min(end, this.size));
    return { value: { size: bytes.length, bytes }, done: end >= this.size };
  }

  close() {}
}

/**
 * @param {string} takeId
 * @param {GrowingSource | WholeSource} source
 * @param {Sending} sending
 */
async function uploadFrom(takeId, source, { mime, signal, onProgress, beforeEach = async () => undefined }) {
  const { url } = await uploadOf(takeId);
  const saved = { last: Promise.resolve() };
  /** @param {Partial<UploadRow>} change */
  const keep = (change) => {
    // A note that cannot be kept costs a resume, not the upload.
    saved.last = saved.last.then(() => keepUpload(takeId, change)).then(onProgress, () => undefined);
  };
  try {
    const lastResponse = await runTus(source, { takeId, mime, url, signal, keep, beforeEach });
    const told = lastResponse.getHeader('Dockproof-Sha256');
    if (told) keep({ serverSha256: told.replace(/^sha256:/, '') });
  } finally {
    source.close();
    await saved.last;
  }
}

/**
 * @param {GrowingSource | WholeSource} source
 * @param {{takeId: string, mime: string, url: string | null, signal: AbortSignal, beforeEach: () => Promise<void>,
 *   keep: (change: Partial<UploadRow>) => void}} take
 * @returns {Promise<import('tus-js-client').HttpResponse>} the last answer
 */
function runTus(source, { takeId, mime, url, signal, keep, beforeEach }) {
  return new Promise((resolve, reject) => {
    let started = mono();
    const upload = new Upload(/** @type {any} */ (source), {
      endpoint: `${BASE}/files`,
      ...(url && { uploadUrl: url }),
      metadata: { record: takeId, ...(mime && { mime }) },
      uploadLengthDeferred: source instanceof GrowingSource,
      // What fits into one piece of this line goes with its creation: one round trip, one transaction. A larger one would
      // begin anew at each cut, for nobody would have heard its address.
      uploadDataDuringCreation: source instanceof WholeSource && source.size <= patchBytes,
      chunkSize: patchBytes,
      // Waiting between tries is the runner's: tus stops for good while navigator.onLine is false.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: async () => takeId,
      fileReader: { openFile: async () => source },
      httpStack: signedStack,
      onBeforeRequest: async () => {
        await beforeEach();
        started = mono();
      },
      onUploadUrlAvailable: () => keep({ url: upload.url }),
      onChunkComplete: (sent, accepted) => {
        patchBytes = nextPatchBytes(patchBytes, sent, mono() - started);
        upload.options.chunkSize = patchBytes;
        keep({ offset: accepted });
      },
      onSuccess: ({ lastResponse }) => resolve(lastResponse),
      onError: (error) => reject(/** @type {{causingError?: Error}} */ (error).causingError ?? error),
    });
    const stop = () => {
      source.close();
      void upload.abort();
      reject(new DOMException('stopped', 'AbortError'));
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    upload.start();
  });
}
