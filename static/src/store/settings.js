/** Small facts of this device: who it is, where it stands, who works on it, how far its clock is off. */
import { openDb, write } from './db.js';

/**
 * @typedef {{id: string, name: string, kind: string, zone: string, language: string}} Site
 * @typedef {{id: string, name: string, role: string}} Worker
 * @typedef {{ms: number, pm: number, at: number}} KeptOffset `at`: device epoch milliseconds of the measurement
 * @typedef {{worker: Worker, salt: string, iterations: number, verifier: string, wrong: number}} PinVerifier
 * `looked`: units of a running inspection that are in order, by draw. One gate-in: a reload goes on with it. `arrival`: the record's id; `held`: of the unidentified record, null while it is only listed.
 * @typedef {{startedMs: number, scans: {parcel: string, arrival: string | null}[], unknown: {text: string, held: string | null, photo: boolean}[]}} GateSession
 * One hand-over to freight that is being scanned together. `arrival` stays null; `contract`: id, null: not known.
 * @typedef {GateSession & {seals: string[], carrier: string, contract: string | null}} FreightSession
 * `former`: what became of the enrolment that was lost with this phone's storage, until somebody has read it. `bytes`: as signed, null of a film that was not closed; `here`: of them at the server; `lost`: [first, last] numbers of records that never came.
 * @typedef {{name: string, last_seq: number, lost: [number, number][], more: number,
 *   captures: {kind: 'take' | 'photo', slot: string | null, orders: string[], worker: string | null, at: string, bytes: number | null, here: number}[]}} FormerPhone
 * `clockMoved`: the phone's clock was found set during this shift, by so many milliseconds; `films`: over which line.
 * @typedef {{
 *   clockMoved: {ms: number, at: number}, films: 'any' | 'wifi',
 *   device: string, site: Site, worker: Worker | null, language: string, offset: KeptOffset | null,
 *   session: string | null, snapshotAt: number, pinVerifiers: Record<string, PinVerifier>,
 *   whySeen: Record<string, Record<string, number>>, weightUnit: string, gate: GateSession, freight: FreightSession,
 *   looked: Record<string, number[]>, continued: Record<string, import('./continued.js').Continued>, former: FormerPhone | null,
 * }} Settings
 */

/**
 * @template {keyof Settings} K
 * @param {K} name
 * @returns {Promise<Settings[K] | null>} null: not known yet
 */
export async function getSetting(name) {
  const value = await (await openDb()).get('settings', name);
  return /** @type {Settings[K] | undefined} */ (value) ?? null;
}

/**
 * @template {keyof Settings} K
 * @param {K} name
 * @param {Settings[K] | null} value
 * @returns {Promise<void>}
 */
export async function putSetting(name, value) {
  await write(['settings'], (tx) => tx.objectStore('settings').put(value, name));
}
