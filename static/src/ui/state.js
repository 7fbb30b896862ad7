/** What every screen shows besides its own: who, where, what is not yet safe. Written by main.js, read by screens. */

/**
 * @typedef {object} AppState
 * @property {{ id: string, name: string, zone: string, kind: string } | null} site null: not enrolled
 * @property {{ id: string, name: string } | null} worker null: no shift
 * @property {number} unsafe captures that the server has not verified
 * @property {boolean | null} online whether the server answered last time; null: not asked yet
 * @property {boolean} updateReady a new version waits for consent
 * @property {boolean} clockMoved the phone's clock was set during this shift
 * @property {boolean} recording a take runs: no update, no other distraction
 * @property {number} interrupted takes found cut off at the start of the app and closed since
 * @property {import('../store/phone_note.js').PhoneNote | null} lost what this phone kept was deleted: what is remembered of it
 * @property {string | null} trouble word key of a lasting problem with syncing
 */

/** @type {AppState} */
let state = {
  site: null, worker: null, unsafe: 0, online: null, updateReady: false, clockMoved: false, recording: false, interrupted: 0, lost: null, trouble: null,
};
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {Readonly<AppState>} */
export function appState() {
  return state;
}

/** @param {Partial<AppState>} change */
export function setState(change) {
  state = { ...state, ...change };
  listeners.forEach((listener) => listener());
}

/** @param {() => void} listener @returns {() => void} stops listening */
export function onState(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
