/** A phone without a browser: IndexedDB in memory, a device key, takes kept as rows. */
import './no_channels.mjs';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { makeDeviceKey, signRaw } from '../../static/src/device/keys.js';
import { closeDb, storageBegins } from '../../static/src/store/db.js';
import { openTake, useBackend } from '../../static/src/store/evidence.js';
import { appendRecord } from '../../static/src/store/journal.js';
import { loadKey, saveKey } from '../../static/src/store/keys.js';
import { putSetting } from '../../static/src/store/settings.js';
import { sliceRows } from '../../static/src/store/slice_rows.js';

export const DEVICE = 'd0'.repeat(16);
export const SITE = { id: '51'.repeat(16), name: 'Pingxiang', kind: 'cn', zone: 'Asia/Shanghai', language: 'zh_CN' };
export const WORKER = { id: '77'.repeat(16), name: 'An', role: 'receiver' };
export const PARCEL = '9a'.repeat(16);
export const LINES = ['b2'.repeat(16), 'a1'.repeat(16)];
export const NOW = Date.UTC(2026, 10, 21, 6, 0);

let drawn = 0;

/** Different each time, the same in each run. @param {number} n */
export function random(n) {
  drawn += 1;
  return Uint8Array.from({ length: n }, (_, i) => (drawn >> (8 * (i % 4))) & 0xff);
}

/** Forgets everything, then is enrolled with An at work. */
export async function freshPhone() {
  await closeDb();
  globalThis.indexedDB = new IDBFactory();
  useBackend(sliceRows);
  await saveKey(await makeDeviceKey());
  await putSetting('device', DEVICE);
  await putSetting('site', SITE);
  await putSetting('worker', WORKER);
  storageBegins();
}

/** @returns {Promise<import('../../static/src/store/journal.js').Means>} */
export async function means(now = NOW) {
  const pair = await loadKey();
  if (!pair) throw new Error('no key');
  return { sign: (text) => signRaw(pair.privateKey, text), random, now };
}

/** @param {number} ms since the page began */
export function at(ms, { wall = NOW + ms, tz = 480 } = {}) {
  return { mono: { start: ms, stop: ms }, wall: { start: wall, stop: wall, tz } };
}

export async function arrive(parcel = PARCEL, ms = 100) {
  return appendRecord({ kind: 'arrival', parcel, ...at(ms) }, await means());
}

/** A take that films these slices, one a second. @param {(string | Uint8Array)[]} slices */
export async function film(slices, { start = 1000 } = {}) {
  const { id } = await appendRecord({ kind: 'take-open', parcel: PARCEL, slot: 'EV-18', ...at(start) }, await means());
  const take = await openTake(id, { mime: 'video/webm', lines: LINES });
  for (const [i, slice] of slices.entries()) await take.append(bufferOf(slice), (i + 1) * 1000);
  return take;
}

/** @param {string | Uint8Array} slice @returns {ArrayBuffer} */
export function bufferOf(slice) {
  const bytes = typeof slice === 'string' ? new TextEncoder().encode(slice) : slice;
  return bytes.slice().buffer;
}

/** @param {number} start @param {number} stop ms since the page began */
export function span(start, stop) {
  return { mono: { start, stop }, wall: { start: NOW + start, stop: NOW + stop, tz: 480 } };
}
