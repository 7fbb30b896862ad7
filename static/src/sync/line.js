/** The worker's choice for films: any line, or Wi-Fi only; and the tap that sends them now all the same. */
import { filmsMayGo } from '../core/line_choice.js';
import { getSetting, putSetting } from '../store/settings.js';

let sendNow = false;

/** @returns {import('../core/line_choice.js').Connection | null} what the browser tells of its line; many tell nothing */
export function connection() {
  const told = /** @type {any} */ (globalThis.navigator)?.connection;
  return told && typeof told.type === 'string' ? { type: told.type, saveData: Boolean(told.saveData) } : null;
}

/** @param {() => void} listener @returns {() => void} */
export function onLineChange(listener) {
  const told = /** @type {any} */ (globalThis.navigator)?.connection;
  told?.addEventListener?.('change', listener);
  return () => told?.removeEventListener?.('change', listener);
}

/** @returns {Promise<'any' | 'wifi'>} */
export async function filmChoice() {
  return (await getSetting('films')) ?? 'any';
}

/** @param {'any' | 'wifi'} choice @returns {Promise<void>} */
export async function chooseFilms(choice) {
  sendNow = false;
  await putSetting('films', choice);
}

/** The films that wait now may go over any line; those of tomorrow wait again. */
export function sendFilmsNow() {
  sendNow = true;
}

/** Nothing waits any more. */
export function filmsAreGone() {
  sendNow = false;
}

/** @returns {Promise<boolean>} */
export async function filmsAllowed() {
  return filmsMayGo({ choice: await filmChoice(), sendNow, connection: connection() });
}
