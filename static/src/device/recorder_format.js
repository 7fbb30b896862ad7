/** Which container and codecs a take is recorded in: the first that this browser's MediaRecorder claims. */

const WITH_SOUND = [
  'video/mp4;codecs=avc1.42E01F,mp4a.40.2',
  'video/mp4;codecs=avc1,mp4a.40.2',
  'video/mp4;codecs=avc1,opus',
  'video/mp4',
  'video/webm;codecs=h264,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
];
const SILENT = [
  'video/mp4;codecs=avc1.42E01F',
  'video/mp4;codecs=avc1',
  'video/mp4',
  'video/webm;codecs=h264',
  'video/webm;codecs=vp8',
  'video/webm',
];

/**
 * @param {(type: string) => boolean} supported `MediaRecorder.isTypeSupported`
 * @param {boolean} sound
 * @returns {string | null} the type to record in; null: this browser cannot record
 */
export function pickFormat(supported, sound) {
  return (sound ? WITH_SOUND : SILENT).find(supported) ?? null;
}

/**
 * Whether the overlay may lie outside the picture. Measured in Chromium with 1280 x 960 instead of 1280 x 720: H.264 keeps
 * its 20 pictures a second, VP8 falls from about 15 to 8.
 * @param {string} type
 * @returns {boolean}
 */
export function bearsBands(type) {
  return /^video\/mp4|h264|avc1/i.test(type);
}
