/** Joins this phone to a site: a new key, the one-time code, and the proof that the key is here. */
import { base64, base64url } from '../core/base64.js';
import { exportSpki, makeDeviceKey, signRaw } from '../device/keys.js';
import { saveKey } from '../store/keys.js';
import { putSetting } from '../store/settings.js';
import { BASE, mustBeJson, mustBeOk, plainFetch } from './api.js';

/**
 * @param {string} code
 * @param {string} deviceName what people call this phone
 * @returns {Promise<{device: string, site: import('../store/settings.js').Site}>}
 * @throws {import('./errors.js').ApiError | import('./errors.js').Offline}
 */
export async function enrol(code, deviceName) {
  const pair = await makeDeviceKey();
  const publicKey = base64(await exportSpki(pair.publicKey));
  const proof = base64url(await signRaw(pair.privateKey, `dockproof-enrol-1\n${code}\n${publicKey}\n`));
  const json = { code, device_name: deviceName, public_key: publicKey, proof };
  const { device, site } = mustBeJson(mustBeOk(await plainFetch('POST', `${BASE}/enrolments`, { json })));
  // Only now: a refused code must not cost an enrolled phone its key.
  await saveKey(pair);
  await putSetting('session', null);
  await putSetting('worker', null);
  await putSetting('site', site);
  await putSetting('device', device);
  return { device, site };
}
