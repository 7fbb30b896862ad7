/** The phone's store alone in a real browser, for test_slice_store.py: what it does is told by plain values. */
import { setAssets } from '../../../static/src/core/assets.js';
import { makeDeviceKey, signRaw } from '../../../static/src/device/keys.js';
import { openTake, readRange, recoverTakes, useBackend } from '../../../static/src/store/evidence.js';
import { appendRecord, closingRecord } from '../../../static/src/store/journal.js';
import { loadKey, saveKey } from '../../../static/src/store/keys.js';
import { putSetting } from '../../../static/src/store/settings.js';
import { sliceRows } from '../../../static/src/store/slice_rows.js';
import { sealInterrupted } from '../../../static/src/store/take_record.js';

const LINE = 'a1'.repeat(16);
const TICK = { mono: { start: 5000, stop: 5000 }, wall: { start: 1795240812789, stop: 1795240812789, tz: 480 } };

setAssets({ 'slice_worker.js': '/slice_worker.js' });
/** @type {any} */ (window).ready = true;

async function means() {
  const pair = await loadKey();
  if (!pair) throw new Error('no key');
  const random = (/** @type {number} */ n) => crypto.getRandomValues(new Uint8Array(n));
  return { sign: (/** @type {string} */ text) => signRaw(pair.privateKey, text), random, now: Date.now() };
}

/** A slice whose bytes say which it is. @param {number} index @param {number} length */
const slice = (index, length) => new Uint8Array(length).fill(index % 251).buffer;

/** @type {import('../../../static/src/store/evidence.js').OpenTake} */
let take;

Object.assign(window, {
  /** @param {boolean} rowsOnly */
  choose(rowsOnly) {
    if (rowsOnly) useBackend(sliceRows);
  },

  async begin() {
    await saveKey(await makeDeviceKey());
    await putSetting('device', 'd0'.repeat(16));
    await putSetting('site', { id: '51'.repeat(16), name: 'Dock', kind: 'cn', zone: 'Asia/Shanghai', language: 'en' });
    const { id } = await appendRecord({ kind: 'take-open', ...TICK }, await means());
    take = await openTake(id, { mime: 'video/webm', lines: [LINE] });
    return { takeId: id, backend: take.backend.name };
  },

  /** @param {number} from @param {number} to @param {number} length */
  async append(from, to, length) {
    for (let i = from; i < to; i++) await take.append(slice(i, length), (i + 1) * 1000);
    await take.addEvent({ ms: to * 1000, type: 'tally', line: LINE, n: 1, total: take.tally().total + 1 });
    return take.bytes;
  },

  /** Goes on until somebody kills the browser. @param {number} from @param {number} length */
  async flood(from, length) {
    for (let i = from; ; i++) {
      await take.append(slice(i, length), (i + 1) * 1000);
      document.title = String(take.bytes);
    }
  },

  /** @param {number} length @param {number} most */
  async fill(length, most) {
    for (let i = 0; i < most; i++) {
      try {
        await take.append(slice(i, length), (i + 1) * 1000);
      } catch (error) {
        const { bytes, sha256, chunks } = await take.close();
        return { code: /** @type {any} */ (error).code, bytes, sha256, chunks: chunks.length };
      }
    }
    return { code: null };
  },

  /** What the next start finds and makes of it. */
  async recover() {
    const found = await recoverTakes();
    const sealed = [];
    for (const { takeId } of found) {
      const { text } = await sealInterrupted(takeId, await means());
      const side = (await closingRecord(takeId))?.side ?? [];
      sealed.push({ text, side: Object.fromEntries(side.map(({ name, text: words }) => [name, words])) });
    }
    return { found, sealed, again: (await recoverTakes()).length };
  },

  /** @param {string} takeId @param {number} start @param {number} end */
  async bytes(takeId, start, end) {
    const bytes = new Uint8Array(await readRange(takeId, start, end));
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  },

  /** A second tab tries to film. */
  async intrude() {
    const { id } = await appendRecord({ kind: 'take-open', ...TICK }, await means());
    return openTake(id).then(() => 'opened', (error) => error.code);
  },
});
