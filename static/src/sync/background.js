/**
 * What the service worker does when it is woken with the app closed: the commitments go up, so that the server knows of
 * each capture. Bytes need the page and wait for it.
 */
import { tryLock } from '../store/locks.js';
import { getSetting } from '../store/settings.js';
import { sendPending } from './send_records.js';

/** @returns {Promise<void>} rejects when the line is gone again: the browser tries later */
export async function sendInBackground() {
  if (!(await getSetting('device'))) return;
  // An open page is the one that sends.
  const release = await tryLock('sync');
  if (!release) return;
  try {
    await sendPending();
  } finally {
    await release();
  }
}
