/** Joins this phone to a site: a new key, the one-time code, and the proof that the key is here. */
import { base64, base64url } from '../core/base64.js';
import { exportSpki, makeDeviceKey, signRaw } from '../device/keys.js';
import { saveKey } from '../store/keys.js';
import { storageBegins } from '../store/db.js';
import { notePhone, phoneNote } from '../store/phone_note.js';
import { getSetting, putSetting } from '../store/settings.js';
import { BASE, mustBeJson, mustBeOk, plainFetch } from './api.js';

/** What this phone remembers of an enrolment that it lost. @returns {Promise<{device: string, last_seq: number} | null>} */
async function formerEnrolment() {
  const note = phoneNote();
  return note && !(await getSetting('device')) ? { device: note.device, last_seq: note.seq } : null;
}

/**
 * @param {string} code
 * @param {string} deviceName what people call this phone
 * @returns {Promise<{device: string, site: import('../store/settings.js').Site, former: import('../store/settings.js').FormerPhone | null}>}
 *   `former`: what the server has, and has not, of the enrolment whose place this one takes
 * @throws {import('./errors.js').ApiError | import('./errors.js').Offline}
 */
export async function enrol(code, deviceName) {
  const pair = await makeDeviceKey();
  const publicKey = base64(await exportSpki(pair.publicKey));
  const proof = base64url(await signRaw(pair.privateKey, `dockproof-enrol-1\n${code}\n${publicKey}\n`));
  const lost = await formerEnrolment();
  const json = { code, device_name: deviceName, public_key: publicKey, proof, ...(lost && { former: lost }) };
  const { device, site, former = null } = mustBeJson(mustBeOk(await plainFetch('POST', `${BASE}/enrolments`, { json })));
  // Only now: a refused code must not cost an enrolled phone its key.
  await saveKey(pair);
  await putSetting('session', null);
  await putSetting('worker', null);
  await putSetting('site', site);
  await putSetting('former', former);
  await putSetting('device', device);
  notePhone({ device, site: site.name, seq: 0 });
  storageBegins();
  return { device, site, former };
}
