/** Pictures of the ordered goods, by their hash; kept as ArrayBuffers (Safari may hand stored Blobs back empty). */
import { openDb, write } from './db.js';

/** @param {string} sha256 hex @returns {Promise<Blob | null>} */
export async function loadPicture(sha256) {
  const row = await (await openDb()).get('pictures', sha256);
  return row ? new Blob([row.data], { type: row.mime }) : null;
}

/** @param {string} sha256 hex @param {string} mime @param {ArrayBuffer} data @returns {Promise<void>} */
export async function savePicture(sha256, mime, data) {
  await write(['pictures'], (tx) => tx.objectStore('pictures').put({ sha256, mime, data }));
}

/**
 * @param {ReadonlySet<string>} wanted
 * @returns {Promise<string[]>} those that are not here yet; those no longer wanted are let go
 */
export async function missingPictures(wanted) {
  return write(['pictures'], async (tx) => {
    const store = tx.objectStore('pictures');
    const here = new Set(await store.getAllKeys());
    for (const sha256 of here) if (!wanted.has(sha256)) await store.delete(sha256);
    return [...wanted].filter((sha256) => !here.has(sha256));
  });
}
