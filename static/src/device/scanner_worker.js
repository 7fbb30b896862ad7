/** Reads codes out of a picture, off the page's thread: QR and Code 128, on goods also what shops print. */

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** @typedef {'QRCode' | 'Code128' | 'Code39' | 'ITF' | 'EAN13' | 'EAN8' | 'UPCA' | 'UPCE' | 'DataMatrix'} Format */
/** Only what is expected: with all formats the same hits take ten times as long. @type {Readonly<Record<'labels' | 'goods', Format[]>>} */
const FORMATS = {
  labels: ['QRCode', 'Code128'],
  goods: ['QRCode', 'Code128', 'Code39', 'ITF', 'EAN13', 'EAN8', 'UPCA', 'UPCE', 'DataMatrix'],
};
/** @type {Format[]} */
let formats = FORMATS.labels;

/**
 * @typedef {{ wasm: string, reads?: 'labels' | 'goods' } | { frame: number, width: number, height: number, pixels: ArrayBuffer }} ToScanner
 * @typedef {{ text: string, format: string }} ScannedCode
 * @typedef {{ ready: boolean } | { frame: number, codes: ScannedCode[] }} FromScanner
 */

/** @param {MessageEvent<ToScanner>} event */
async function take(event) {
  const message = event.data;
  if ('wasm' in message) {
    formats = FORMATS[message.reads ?? 'labels'];
    // The library's own default fetches the wasm from a public CDN.
    const loading = prepareZXingModule({ overrides: { locateFile: () => message.wasm }, fireImmediately: true });
    const ready = await loading.then(() => true).catch(() => false);
    self.postMessage({ ready });
    return;
  }
  const picture = new ImageData(new Uint8ClampedArray(message.pixels), message.width, message.height);
  /** @type {ScannedCode[]} */
  let codes = [];
  try {
    const found = await readBarcodes(picture, { formats, tryHarder: true, maxNumberOfSymbols: 4 });
    codes = found.filter((code) => code.isValid).map((code) => ({ text: code.text, format: code.format }));
  } finally {
    self.postMessage({ frame: message.frame, codes });
  }
}

self.onmessage = (/** @type {MessageEvent<ToScanner>} */ event) => void take(event);
