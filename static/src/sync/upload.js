/** One take's bytes to the server: tus, resumed from the last acknowledged byte, also while it is being filmed. */
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

/** @param {string} takeId @returns {Promise<UploadRow>} */
export async function uploadOf(takeId) {
  const row = await (await openDb()).get('uploads', takeId);
  return row ?? { takeId, url: null, offset: 0, serverSha256: null, restarts: 0 };
}

/** @param {string} takeId @param {Partial<UploadRow>} change */
async function keepUpload(takeId, change) {
  const before = await uploadOf(takeId);
  await write(['uploads'], (tx) => tx.objectStore('uploads').put({ ...before, ...change }));
}

/** Forgets where a take went, so that it is sent again from its first byte. @param {string} takeId */
export async function startOver(takeId) {
  const { restarts } = await uploadOf(takeId);
  await keepUpload(takeId, { url: null, offset: 0, serverSha256: null, restarts: restarts + 1 });
}

/**
 * Sends a take to its end. Rejects at the first failure; the caller waits and calls again.
 * @param {{takeId: string, mime: string, signal: AbortSignal, onProgress: () => void,
 *   limits?: {worthSending?: number, longEnoughMs?: number}}} take
 * @returns {Promise<void>} when every byte is acknowledged
 */
export async function uploadTake({ takeId, mime, signal, onProgress, limits }) {
  const { url } = await uploadOf(takeId);
  const source = new GrowingSource(takeId, limits);
  const saved = { last: Promise.resolve() };
  /** @param {Partial<UploadRow>} change */
  const keep = (change) => {
    // A note that cannot be kept costs a resume, not the upload.
    saved.last = saved.last.then(() => keepUpload(takeId, change)).then(onProgress, () => undefined);
  };
  try {
    const lastResponse = await runTus(source, { takeId, mime, url, signal, keep });
    const told = lastResponse.getHeader('Dockproof-Sha256');
    if (told) keep({ serverSha256: told.replace(/^sha256:/, '') });
  } finally {
    source.close();
    await saved.last;
  }
}

/**
 * @param {GrowingSource} source
 * @param {{takeId: string, mime: string, url: string | null, signal: AbortSignal, keep: (change: Partial<UploadRow>) => void}} take
 * @returns {Promise<import('tus-js-client').HttpResponse>} the last answer
 */
function runTus(source, { takeId, mime, url, signal, keep }) {
  return new Promise((resolve, reject) => {
    let started = mono();
    const upload = new Upload(/** @type {any} */ (source), {
      endpoint: `${BASE}/files`,
      ...(url && { uploadUrl: url }),
      metadata: { record: takeId, ...(mime && { mime }) },
      uploadLengthDeferred: true,
      chunkSize: patchBytes,
      // Waiting between tries is the runner's: tus stops for good while navigator.onLine is false.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: async () => takeId,
      fileReader: { openFile: async () => source },
      httpStack: signedStack,
      onBeforeRequest: () => void (started = mono()),
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
