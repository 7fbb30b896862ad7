/** The live scanner: pictures out of a playing video, alternately whole and centre crop, read by a worker. */

/** @typedef {import('./scanner_worker.js').ScannedCode} ScannedCode */
/** @typedef {import('./scanner_worker.js').FromScanner} FromScanner */

const INTERVAL_MS = 140;
/** A worker that never answers (wasm killed for memory) must not leave the screen deaf. */
const ANSWER_MS = 4000;
const CROP = 0.6;
/** The same code again within this time is the same showing, not a second scan. */
const REPEAT_MS = 2500;

/**
 * Whether a code read now is news.
 * @param {{ text: string, at: number } | null} last what was read before
 * @param {string} text
 * @param {number} now milliseconds
 * @returns {boolean}
 */
export function isNewCode(last, text, now) {
  return !last || last.text !== text || now - last.at > REPEAT_MS;
}

/**
 * The part of the picture to read for the n-th frame, in pixels.
 * @param {number} n
 * @param {number} width
 * @param {number} height
 * @returns {{ x: number, y: number, width: number, height: number }}
 */
export function frameArea(n, width, height) {
  if (n % 2 === 0) return { x: 0, y: 0, width, height };
  const [wide, high] = [Math.round(width * CROP), Math.round(height * CROP)];
  return { x: Math.round((width - wide) / 2), y: Math.round((height - high) / 2), width: wide, height: high };
}

/**
 * Starts reading codes. `onCodes` is called for each picture that held any; the caller decides about repeats.
 * @param {object} options
 * @param {HTMLVideoElement} options.video playing
 * @param {string} options.worker URL of the worker's script
 * @param {string} options.wasm URL of zxing's wasm
 * @param {'labels' | 'goods'} [options.reads] goods carry more kinds of codes
 * @param {(codes: ScannedCode[]) => void} options.onCodes
 * @param {() => void} options.onBroken the reader cannot work on this phone: offer typing
 * @returns {{ stop: () => void }}
 */
export function startScanner({ video, worker: workerUrl, wasm, reads = 'labels', onCodes, onBroken }) {
  const worker = new Worker(workerUrl, { type: 'module' });
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  let ready = false;
  let waitingSince = 0;
  let frame = 0;

  worker.addEventListener('error', () => onBroken());
  worker.addEventListener('message', (/** @type {MessageEvent<FromScanner>} */ event) => {
    if ('ready' in event.data) {
      ready = event.data.ready;
      if (!ready) onBroken();
      return;
    }
    waitingSince = 0;
    if (event.data.codes.length > 0) onCodes(event.data.codes);
  });
  worker.postMessage({ wasm, reads });

  const timer = setInterval(() => {
    if (!ready || !pen || !video.videoWidth || document.visibilityState === 'hidden') return;
    if (waitingSince > 0 && performance.now() - waitingSince < ANSWER_MS) return;
    waitingSince = performance.now();
    frame += 1;
    const area = frameArea(frame, video.videoWidth, video.videoHeight);
    canvas.width = area.width;
    canvas.height = area.height;
    pen.drawImage(video, area.x, area.y, area.width, area.height, 0, 0, area.width, area.height);
    const pixels = pen.getImageData(0, 0, area.width, area.height).data.buffer;
    worker.postMessage({ frame, width: area.width, height: area.height, pixels }, [pixels]);
  }, INTERVAL_MS);

  return {
    stop() {
      clearInterval(timer);
      worker.terminate();
    },
  };
}
