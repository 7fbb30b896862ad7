/**
 * The change of the device's key, so that a crash at any point loses neither key: from one transaction on the new key signs
 * records, and the old one stays beside it until the server has answered.
 */
import { openDb, write } from './db.js';
import { withLock } from './locks.js';
import { getSetting } from './settings.js';

/** @typedef {import('./keys.js').KeyPair} KeyPair */
/** @typedef {import('./keys.js').FormerKey} FormerKey */

/** @returns {Promise<FormerKey | null>} null: no change waits for the server's answer */
export async function formerKey() {
  return /** @type {FormerKey | undefined} */ (await (await openDb()).get('keys', 'former')) ?? null;
}

/**
 * Puts the new key in force. Under the journal's lock: which record was the old key's last is settled for good.
 * @param {KeyPair} pair
 * @returns {Promise<boolean>} false: a change waits already, and this pair was not taken
 */
export async function startKeyChange({ privateKey, publicKey }) {
  const device = (await getSetting('device')) ?? '';
  return withLock('journal', () =>
    write(['keys', 'journal'], async (tx) => {
      const keys = tx.objectStore('keys');
      const old = await keys.get('device');
      if (!old || (await keys.get('former'))) return false;
      const range = IDBKeyRange.bound([device, 0], [device, Infinity]);
      const head = await tx.objectStore('journal').openKeyCursor(range, 'prev');
      await keys.put({ pair: old, lastSeq: head ? head.key[1] : 0 }, 'former');
      await keys.put({ privateKey, publicKey }, 'device');
      return true;
    }),
  );
}

/** The server has the new key: the old one has nothing left to do. @returns {Promise<void>} */
export async function finishKeyChange() {
  await write(['keys'], (tx) => tx.objectStore('keys').delete('former'));
}

/**
 * The server will not have the new key: the old one is in force again, and signs anew what the new one had signed. A
 * signature is no part of the chain, and no such record has been sent.
 * @param {(pair: KeyPair, text: string) => Promise<string>} sign base64url of raw r‖s
 * @returns {Promise<void>}
 */
export async function undoKeyChange(sign) {
  const device = (await getSetting('device')) ?? '';
  await withLock('journal', async () => {
    const former = await formerKey();
    if (!former) return;
    const range = IDBKeyRange.bound([device, former.lastSeq], [device, Infinity], true);
    const rows = await (await openDb()).getAll('journal', range);
    const signatures = await Promise.all(rows.map(({ text }) => sign(former.pair, text)));
    await write(['keys', 'journal'], async (tx) => {
      const journal = tx.objectStore('journal');
      for (const [i, { device: of, seq }] of rows.entries()) {
        const row = await journal.get([of, seq]);
        if (row) await journal.put({ ...row, signature: signatures[i] });
      }
      await tx.objectStore('keys').put(former.pair, 'device');
      await tx.objectStore('keys').delete('former');
    });
  });
}
