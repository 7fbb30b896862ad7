/** A new version is taken when the person agrees, nothing is being filmed in any tab, and the server knows of everything. */
import { useNewVersion } from '../device/app_updates.js';
import { countRecords } from '../store/journal.js';
import { tryLock } from '../store/locks.js';

/**
 * @param {() => Promise<void>} [update] what starts the new version
 * @returns {Promise<boolean>} false: not now
 */
export async function updateWhenSafe(update = useNewVersion) {
  const release = await tryLock('recorder');
  if (!release) return false;
  try {
    if ((await countRecords('pending')) > 0) return false;
    await update();
    return true;
  } finally {
    await release();
  }
}
