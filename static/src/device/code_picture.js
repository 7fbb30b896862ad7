/** Codes out of a photo: for phones whose live camera reads none, or where the browser does not give the camera. */

import { fitted } from './photo.js';

/** @typedef {import('./scanner_worker.js').FromScanner} FromScanner */

/** Decoding takes four bytes a pixel: a larger picture ends a cheap phone's page. */
const MOST_PIXELS = 60_000_000;
/** A code fills a good part of the picture; more pixels only cost time. */
const LONGER_SIDE = 2400;
const ANSWER_MS = 15_000;
const HEAD_BYTES = 262_144;

/** @typedef {'not_a_picture' | 'too_large' | 'no_code' | 'reader_broken'} NoCode */

/**
 * @param {Blob} file
 * @param {{ worker: string, wasm: string }} reader URLs of the scanner's worker and of zxing's wasm
 * @returns {Promise<{ codes: string[] } | { problem: NoCode }>} codes: at least one
 */
export async function codesInPicture(file, { worker, wasm }) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0)));
  const size = pictureSize(head);
  if (size && size.width * size.height > MOST_PIXELS) return { problem: 'too_large' };
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return { problem: 'not_a_picture' };
  const { width, height } = fitted(picture.width, picture.height, LONGER_SIDE);
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen?.drawImage(picture, 0, 0, width, height);
  picture.close();
  const pixels = pen?.getImageData(0, 0, width, height).data.buffer;
  if (!pixels) return { problem: 'not_a_picture' };
  const codes = await read({ worker, wasm }, { frame: 1, width, height, pixels });
  if (!codes) return { problem: 'reader_broken' };
  return codes.length > 0 ? { codes } : { problem: 'no_code' };
}

/**
 * The size that a JPEG or PNG says of itself, without decoding it.
 * @param {Uint8Array} head the first bytes
 * @returns {{ width: number, height: number } | null} null: not found
 */
export function pictureSize(head) {
  const bytes = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length >= 24 && bytes.getUint32(0) === 0x89504e47) return { width: bytes.getUint32(16), height: bytes.getUint32(20) };
  if (head.length < 4 || bytes.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= head.length; at += 2 + bytes.getUint16(at + 2)) {
    const marker = bytes.getUint16(at);
    if (marker < 0xff00) return null;
    // SOF0 to SOF15, but not DHT, JPG and DAC, which stand between them.
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { height: bytes.getUint16(at + 5), width: bytes.getUint16(at + 7) };
    }
  }
  return null;
}

/**
 * @param {{ worker: string, wasm: string }} reader
 * @param {{ frame: number, width: number, height: number, pixels: ArrayBufferLike }} picture
 * @returns {Promise<string[] | null>} null: the reader does not work here
 */
function read({ worker: url, wasm }, picture) {
  const worker = new Worker(url, { type: 'module' });
  return /** @type {Promise<string[] | null>} */ (
    new Promise((resolve) => {
      const late = setTimeout(() => resolve(null), ANSWER_MS);
      worker.addEventListener('error', () => resolve(null));
      worker.addEventListener('message', (/** @type {MessageEvent<FromScanner>} */ { data }) => {
        if ('codes' in data) {
          clearTimeout(late);
          resolve(data.codes.map(({ text }) => text));
        } else if (data.ready) worker.postMessage(picture, [/** @type {ArrayBuffer} */ (picture.pixels)]);
        else resolve(null);
      });
      worker.postMessage({ wasm });
    }).finally(() => worker.terminate())
  );
}
