/** What this phone can do, by trying, never by the browser's name. */

import { pickFormat } from './recorder_format.js';

/**
 * @typedef {object} Capability
 * @property {'secure' | 'signing' | 'camera' | 'microphone' | 'recorder' | 'storage' | 'offline'} name
 * @property {boolean} ok
 * @property {boolean} needed without it this phone cannot receive parcels
 */

/** @param {string} kind @returns {Promise<boolean>} */
async function hasDevice(kind) {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some((device) => device.kind === kind);
  } catch {
    return false;
  }
}

/** Room for at least a minute of film, and a store that opens. @returns {Promise<boolean>} */
async function canStore() {
  if (typeof indexedDB === 'undefined') return false;
  try {
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    return quota === 0 || quota - usage > 30 * 1024 * 1024;
  } catch {
    return true;
  }
}

/**
 * The list shown before enrolment. Asks no permission and opens nothing.
 * @returns {Promise<Capability[]>}
 */
export async function probeCapabilities() {
  const secure = window.isSecureContext;
  const media = secure && Boolean(navigator.mediaDevices?.getUserMedia);
  return [
    { name: 'secure', ok: secure, needed: true },
    { name: 'signing', ok: secure && Boolean(crypto.subtle), needed: true },
    { name: 'camera', ok: media && (await hasDevice('videoinput')), needed: true },
    { name: 'microphone', ok: media && (await hasDevice('audioinput')), needed: false },
    { name: 'recorder', ok: canRecord(), needed: true },
    { name: 'storage', ok: await canStore(), needed: true },
    { name: 'offline', ok: secure && 'serviceWorker' in navigator, needed: false },
  ];
}

/** @returns {boolean} */
function canRecord() {
  return (
    typeof MediaRecorder !== 'undefined' &&
    'captureStream' in HTMLCanvasElement.prototype &&
    pickFormat((type) => MediaRecorder.isTypeSupported(type), true) !== null
  );
}

/**
 * Asks the browser not to evict what is stored; many refuse silently, so the answer is shown.
 * @returns {Promise<boolean>}
 */
export async function askToKeepStorage() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}

/**
 * Minutes of film that fit, at 0.3 MiB a second, or null where the browser does not say.
 * @returns {Promise<number | null>}
 */
export async function minutesLeft() {
  try {
    const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
    if (quota === undefined || usage === undefined) return null;
    return Math.max(0, Math.floor((quota - usage) / (0.3 * 1024 * 1024 * 60)));
  } catch {
    return null;
  }
}
