/** One picture: a frame of the live camera, or a file that the system's own camera handed over. */

/** Larger files stay out: they would wait for hours behind everybody's films. */
export const LARGEST_PHOTO = 15_000_000;
const QUALITY = 0.92;
/** Enough of a file for `sniffPicture`. */
const HEAD_BYTES = 16;

/**
 * `unreadable`: the file could not be read to its end (still in the cloud, permission gone).
 * @typedef {'not_a_picture' | 'video' | 'too_large' | 'empty' | 'unreadable'} PhotoProblemReason
 * @typedef {{ data: ArrayBuffer, mime: string }} Picture
 */

/** The camera gave no frame. */
export class NoPicture extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'NoPicture';
    this.code = 'no_picture';
  }
}

/**
 * The camera's frame as it is, nothing drawn over it, as JPEG.
 * @param {HTMLVideoElement} video a live one
 * @param {{ maxSide?: number }} [options] maxSide: the longer side in pixels, at most; never enlarged
 * @returns {Promise<Picture & { width: number, height: number }>}
 * @throws {NoPicture}
 */
export async function shoot(video, { maxSide = Infinity } = {}) {
  const { width, height } = fitted(video.videoWidth, video.videoHeight, maxSide);
  if (!width || !height || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) throw new NoPicture('no frame yet');
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new NoPicture('no canvas');
  pen.drawImage(video, 0, 0, width, height);
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  // Some browsers hand out PNG for a type that they do not write.
  if (!blob?.size || blob.type !== 'image/jpeg') throw new NoPicture('no JPEG');
  return { data: await blob.arrayBuffer(), mime: blob.type, width, height };
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} maxSide
 * @returns {{ width: number, height: number }} whole pixels, same proportions, never larger
 */
export function fitted(width, height, maxSide) {
  const scale = Math.min(1, maxSide / Math.max(width, height, 1));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * A file as evidence: its own bytes, never decoded or made smaller. What its sender calls it counts for nothing.
 * @param {Blob} file
 * @returns {Promise<Picture & { warning: 'heic' | null } | { problem: PhotoProblemReason }>} heic: many screens cannot show it
 */
export async function fromFile(file) {
  if (file.size === 0) return { problem: 'empty' };
  try {
    const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
    const mime = sniffPicture(head);
    if (!mime) return { problem: isVideo(head) || file.type.startsWith('video/') ? 'video' : 'not_a_picture' };
    if (file.size >= LARGEST_PHOTO) return { problem: 'too_large' };
    const data = await file.arrayBuffer();
    // iOS has handed over fewer bytes than it said, or none.
    if (data.byteLength !== file.size) return { problem: 'unreadable' };
    return { data, mime, warning: mime === 'image/heic' ? 'heic' : null };
  } catch {
    return { problem: 'unreadable' };
  }
}

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/**
 * @param {Uint8Array} head the first bytes of a file
 * @returns {'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic' | null} null: no picture that the server keeps
 */
export function sniffPicture(head) {
  const text = String.fromCharCode(...head.slice(0, HEAD_BYTES));
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  return text.slice(4, 8) === 'ftyp' && HEIC_BRANDS.has(text.slice(8, 12)) ? 'image/heic' : null;
}

/** @param {Uint8Array} head @returns {boolean} */
function isVideo(head) {
  const text = String.fromCharCode(...head.slice(0, HEAD_BYTES));
  const quicktime = ['ftyp', 'moov', 'mdat', 'wide'].includes(text.slice(4, 8)) && !text.startsWith('avif', 8);
  const avi = text.startsWith('RIFF') && text.slice(8, 11) === 'AVI';
  return quicktime || avi || text.startsWith('\x1a\x45\xdf\xa3');
}
