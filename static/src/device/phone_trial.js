/** The 20-second check: films two seconds, plays them back, writes and reads the storage. Nothing leaves the phone. */

import { pickFormat } from './recorder_format.js';

const FILM_MS = 2000;
const PATIENCE_MS = 8000;

/** @typedef {'ok' | 'silent' | 'refused' | 'camera' | 'record' | 'play' | 'storage'} TrialResult */

/**
 * @param {HTMLVideoElement} film shows the camera, then what was filmed
 * @returns {Promise<TrialResult>} the first thing that did not work
 */
export async function tryPhone(film) {
  const opened = await openCamera();
  if (!(opened instanceof MediaStream)) return opened;
  const sound = opened.getAudioTracks().length > 0;
  /** @type {Blob | null} */
  let taken;
  try {
    film.srcObject = opened;
    await film.play().catch(() => undefined);
    taken = await record(opened, sound);
  } finally {
    film.srcObject = null;
    for (const track of opened.getTracks()) track.stop();
  }
  if (!taken) return 'record';
  if (!(await plays(film, taken))) return 'play';
  if (!(await storageReturns(new Uint8Array(await taken.slice(0, 65_536).arrayBuffer())))) return 'storage';
  return sound ? 'ok' : 'silent';
}

/** @returns {Promise<MediaStream | 'refused' | 'camera'>} with sound where there is a microphone */
async function openCamera() {
  const video = { facingMode: { ideal: 'environment' } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: true });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') return 'refused';
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch {
    return 'camera';
  }
}

/** @param {MediaStream} stream @param {boolean} sound @returns {Promise<Blob | null>} */
async function record(stream, sound) {
  const type = typeof MediaRecorder === 'undefined' ? null : pickFormat((one) => MediaRecorder.isTypeSupported(one), sound);
  if (!type) return null;
  try {
    const recorder = new MediaRecorder(stream, { mimeType: type });
    /** @type {Blob[]} */
    const parts = [];
    recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
    const ended = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
    recorder.start();
    setTimeout(() => recorder.state !== 'inactive' && recorder.stop(), FILM_MS);
    await within(ended);
    const taken = new Blob(parts, { type: recorder.mimeType });
    return taken.size > 0 ? taken : null;
  } catch {
    return null;
  }
}

/** Whether time passes in the film. @param {HTMLVideoElement} film @param {Blob} taken */
async function plays(film, taken) {
  const address = URL.createObjectURL(taken);
  try {
    const moved = new Promise((resolve) => {
      const look = () => film.currentTime > 0.2 && resolve(true);
      film.addEventListener('timeupdate', look);
      film.addEventListener('ended', () => resolve(film.currentTime > 0), { once: true });
    });
    film.src = address;
    await film.play();
    return await within(moved);
  } catch {
    return false;
  } finally {
    film.pause();
    film.removeAttribute('src');
    film.load();
    URL.revokeObjectURL(address);
  }
}

/** @param {Promise<unknown>} promise @returns {Promise<boolean>} false: it took too long */
function within(promise) {
  return Promise.race([
    promise.then(() => true),
    new Promise((resolve) => setTimeout(() => resolve(false), PATIENCE_MS)),
  ]).then(Boolean);
}

/** Writes to a database of its own, reads back and deletes it. @param {Uint8Array} bytes @returns {Promise<boolean>} */
export async function storageReturns(bytes) {
  const name = 'dockproof-check';
  try {
    const database = await asked(() => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('trial');
      return opening;
    });
    try {
      const writing = database.transaction('trial', 'readwrite');
      writing.objectStore('trial').put(bytes.slice().buffer, 'film');
      // A full disk aborts the transaction: only `oncomplete` means kept.
      await new Promise((resolve, reject) => {
        writing.oncomplete = resolve;
        writing.onabort = writing.onerror = reject;
      });
      const back = await asked(() => database.transaction('trial').objectStore('trial').get('film'));
      const read = new Uint8Array(back);
      return read.length === bytes.length && read.every((value, index) => value === bytes[index]);
    } finally {
      database.close();
      indexedDB.deleteDatabase(name);
    }
  } catch {
    return false;
  }
}

/** @template T @param {() => IDBRequest<T>} ask @returns {Promise<T>} */
function asked(ask) {
  return new Promise((resolve, reject) => {
    const request = ask();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Whether the origin has a private file system. @returns {Promise<boolean>} */
export async function hasFiles() {
  try {
    const root = await navigator.storage.getDirectory();
    await root.getFileHandle('dockproof-check', { create: true });
    await root.removeEntry('dockproof-check');
    return true;
  } catch {
    return false;
  }
}

/** By registering: behind a certificate that was only clicked away, the browser refuses. @returns {Promise<boolean>} */
export async function worksOffline() {
  try {
    await navigator.serviceWorker.register('/sw.js');
    return true;
  } catch {
    return false;
  }
}

/** The smallest module there is. @returns {Promise<boolean>} */
export async function runsWasm() {
  try {
    await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    return true;
  } catch {
    return false;
  }
}
