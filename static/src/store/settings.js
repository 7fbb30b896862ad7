/** Small facts of this device: who it is, where it stands, who works on it, how far its clock is off. */
import { openDb, write } from './db.js';

/**
 * @typedef {{id: string, name: string, kind: string, zone: string, language: string}} Site
 * @typedef {{id: string, name: string, role: string}} Worker
 * @typedef {{ms: number, pm: number, at: number}} KeptOffset `at`: device epoch milliseconds of the measurement
 * @typedef {{worker: Worker, salt: string, iterations: number, verifier: string, wrong: number}} PinVerifier
 * `looked`: units of a running inspection that are in order, by draw. One gate-in: a reload goes on with it. `arrival`: the record's id; `held`: of the unidentified record, null while it is only listed.
 * @typedef {{startedMs: number, scans: {parcel: string, arrival: string}[], unknown: {text: string, held: string | null, photo: boolean}[]}} GateSession
 * `clockMoved`: the phone's clock was found set during this shift, by so many milliseconds; `films`: over which line.
 * @typedef {{
 *   clockMoved: {ms: number, at: number}, films: 'any' | 'wifi',
 *   device: string, site: Site, worker: Worker | null, language: string, offset: KeptOffset | null,
 *   session: string | null, snapshotAt: number, pinVerifiers: Record<string, PinVerifier>,
 *   whySeen: Record<string, Record<string, number>>, weightUnit: string, gate: GateSession,
 *   looked: Record<string, number[]>,
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
