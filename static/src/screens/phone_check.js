/** The page /phone-check: the server wrote every word; here they are shown or hidden by what this phone can do. */

import { askToKeepStorage, probeCapabilities } from '../device/capabilities.js';
import { hasFiles, runsWasm, storageReturns, tryPhone, worksOffline } from '../device/phone_trial.js';

/** @typedef {'full' | 'online' | 'photos' | 'nothing'} Verdict */

/** @returns {Promise<Record<string, boolean>>} */
export async function findAbilities() {
  const found = Object.fromEntries((await probeCapabilities()).map(({ name, ok }) => [name, ok]));
  const [stores, files, keeps, offline, wasm] = await Promise.all([
    storageReturns(Uint8Array.of(1, 2, 3)),
    hasFiles(),
    askToKeepStorage(),
    worksOffline(),
    runsWasm(),
  ]);
  return { ...found, storage: Boolean(found.storage) && stores, files, keeps, offline, wasm };
}

/**
 * @param {Record<string, boolean>} can
 * @returns {Verdict}
 */
export function verdictOf(can) {
  const films = ['secure', 'signing', 'camera', 'recorder', 'storage', 'wasm'].every((name) => can[name]);
  if (films) return can.offline ? 'full' : 'online';
  return can.files_input ? 'photos' : 'nothing';
}

/**
 * A browser inside another app, by what it lacks on a secure page: no camera access or no service worker.
 * @param {Record<string, boolean>} can
 * @returns {boolean} whether another browser on the same phone may do better
 */
export function shouldLeave(can) {
  return Boolean(can.secure) && !(can.camera && can.recorder && can.offline && can.storage);
}

/** @returns {boolean} whether a page may ask the system's camera for a photo */
function takesFiles() {
  const input = document.createElement('input');
  input.type = 'file';
  return input.type === 'file' && !input.disabled && typeof FormData !== 'undefined';
}

/** @param {Element} box @param {string} attribute @param {string} value shows one of several, hides the rest */
function showOnly(box, attribute, value) {
  for (const one of box.querySelectorAll(`[${attribute}]`)) {
    if (one instanceof HTMLElement) one.hidden = one.getAttribute(attribute) !== value;
  }
}

/** @param {HTMLElement} box */
export async function showCheck(box) {
  /** @type {Record<string, boolean>} */
  const can = { ...(await findAbilities()), files_input: takesFiles() };
  for (const row of box.querySelectorAll('[data-check]')) {
    if (!(row instanceof HTMLElement)) continue;
    const ok = can[row.dataset.check ?? ''] === true;
    row.dataset.state = ok ? 'ok' : 'no';
    showOnly(row, 'data-words', row.dataset.state);
    const mark = row.querySelector('.mark');
    if (mark) mark.textContent = ok ? '✓' : '✗';
  }
  const verdict = verdictOf(can);
  box.dataset.state = verdict;
  showOnly(box, 'data-verdict', verdict);
  const out = box.querySelector('[data-out]');
  if (out instanceof HTMLElement) out.hidden = !shouldLeave(can);
  offerTrial(box, Boolean(can.secure && can.camera));
}

/** @param {HTMLElement} box @param {boolean} possible */
function offerTrial(box, possible) {
  const button = box.querySelector('[data-try]');
  const film = box.querySelector('video');
  if (!(button instanceof HTMLButtonElement) || !(film instanceof HTMLVideoElement) || !possible) return;
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    film.hidden = false;
    showOnly(box, 'data-trial', 'running');
    const result = await tryPhone(film);
    box.dataset.trial = result;
    showOnly(box, 'data-trial', result);
    film.hidden = true;
    button.disabled = false;
  });
}
