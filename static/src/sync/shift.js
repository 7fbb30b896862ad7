/**
 * Who works on this phone. Online the server checks the PIN; offline a verifier bound to a key of this device does. It
 * attributes, it does not protect: four digits cannot.
 */
import { base64, fromBase64 } from '../core/base64.js';
import { loadPinKey } from '../store/keys.js';
import { getSetting, putSetting } from '../store/settings.js';
import { workers } from '../store/snapshot.js';
import { mustBeJson, signedFetch } from './api.js';
import { ApiError, Offline } from './errors.js';

/** @typedef {import('../store/settings.js').Worker} Worker */
/** @typedef {import('../store/settings.js').PinVerifier} PinVerifier */

const ITERATIONS = 210_000;
const TRIES = 5;

/**
 * @param {string} workerId
 * @param {string} pin
 * @returns {Promise<{worker: Worker, offline: boolean}>}
 * @throws {ApiError | Offline} `pin_wrong`, `pin_locked`; Offline when this worker never signed in on this phone
 */
export async function startShift(workerId, pin) {
  try {
    const { worker } = mustBeJson(await signedFetch('POST', '/shifts', { json: { worker: workerId, pin } }));
    await keepVerifier(worker, pin);
    return await begin(worker, false);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'pin_wrong') await forgetIfMatches(workerId, pin);
    if (!(error instanceof Offline)) throw error;
    return begin(await offlineWorker(workerId, pin, error), true);
  }
}

/** @returns {Promise<void>} */
export async function endShift() {
  await putSetting('worker', null);
}

/** @param {Worker} worker @param {boolean} offline */
async function begin(worker, offline) {
  await putSetting('worker', worker);
  await putSetting('clockMoved', null);
  return { worker, offline };
}

/**
 * @param {string} workerId
 * @param {string} pin
 * @param {Offline} offline what is told when nothing here can check the PIN
 * @returns {Promise<Worker>}
 */
async function offlineWorker(workerId, pin, offline) {
  const kept = (await getSetting('pinVerifiers'))?.[workerId];
  const people = await workers();
  if (!kept || (people.length && !people.some(({ id }) => id === workerId))) throw offline;
  if (kept.wrong >= TRIES) throw new ApiError(0, 'pin_locked', 'too many wrong PINs without a network');
  const right = await matches(kept, pin);
  await putVerifier(workerId, { ...kept, wrong: right ? 0 : kept.wrong + 1 });
  if (!right) throw new ApiError(0, 'pin_wrong', 'the PIN is wrong');
  return kept.worker;
}

/** The PIN was changed on the server: the old one must not open a shift offline. @param {string} workerId @param {string} pin */
async function forgetIfMatches(workerId, pin) {
  const kept = (await getSetting('pinVerifiers'))?.[workerId];
  if (kept && (await matches(kept, pin))) await putVerifier(workerId, null);
}

/** @param {Worker} worker @param {string} pin */
async function keepVerifier(worker, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const verifier = await verifierOf(worker.id, pin, salt, ITERATIONS);
  await putVerifier(worker.id, { worker, salt: base64(salt), iterations: ITERATIONS, verifier, wrong: 0 });
}

/** @param {string} workerId @param {PinVerifier | null} verifier */
async function putVerifier(workerId, verifier) {
  const { [workerId]: _, ...others } = (await getSetting('pinVerifiers')) ?? {};
  await putSetting('pinVerifiers', verifier ? { ...others, [workerId]: verifier } : others);
}

/** @param {PinVerifier} kept @param {string} pin @returns {Promise<boolean>} */
async function matches(kept, pin) {
  return (await verifierOf(kept.worker.id, pin, fromBase64(kept.salt), kept.iterations)) === kept.verifier;
}

/**
 * PBKDF2 of the PIN, then an HMAC under a key that never leaves this browser: a copied database cannot be searched.
 * @param {string} workerId
 * @param {string} pin
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} iterations
 * @returns {Promise<string>} base 64
 */
async function verifierOf(workerId, pin, salt, iterations) {
  const utf8 = new TextEncoder();
  const secret = await crypto.subtle.importKey('raw', utf8.encode(`${workerId}\n${pin}`), 'PBKDF2', false, ['deriveBits']);
  const stretched = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, secret, 256);
  return base64(new Uint8Array(await crypto.subtle.sign('HMAC', await loadPinKey(), stretched)));
}
