/**
 * What the phone's share sheet hands over waits here until the page files it: the service worker keeps it, so that a
 * share without a network or before signing in is not lost.
 */

const WAITING = 'shared-files';
/** Nobody came back for it: a share is not an archive. */
const KEPT_MS = 24 * 3600 * 1000;

/**
 * Called by the service worker for a share's POST.
 * @param {Request} request @param {number} now milliseconds since the epoch
 */
export async function keepShared(request, now) {
  const form = await request.formData();
  const cache = await caches.open(WAITING);
  let n = 0;
  for (const file of form.getAll('files')) {
    if (!(file instanceof File)) continue;
    const headers = { 'Content-Type': file.type, 'Shared-Name': encodeURIComponent(file.name), 'Shared-At': String(now) };
    await cache.put(`/share-in/${now}-${n}`, new Response(file, { headers }));
    n += 1;
  }
}

/**
 * Every file that waits, oldest first. They wait on until they are filed: a page that is left, or a filing that the
 * network broke off, loses nothing.
 * @returns {Promise<{ keys: string[], files: File[] }>}
 */
export async function waitingShares() {
  /** @type {{ keys: string[], files: File[] }} */
  const found = { keys: [], files: [] };
  if (!('caches' in globalThis)) return found;
  const cache = await caches.open(WAITING);
  for (const key of await cache.keys()) {
    const kept = await cache.match(key);
    if (!kept || Date.now() - Number(kept.headers.get('Shared-At')) > KEPT_MS) {
      await cache.delete(key);
      continue;
    }
    const name = decodeURIComponent(kept.headers.get('Shared-Name') ?? 'file');
    found.keys.push(new URL(key.url).pathname);
    found.files.push(new File([await kept.blob()], name, { type: kept.headers.get('Content-Type') ?? '' }));
  }
  return found;
}

/**
 * They were filed.
 * @param {string[]} keys as ``waitingShares`` gave them
 */
export async function forgetShares(keys) {
  if (!('caches' in globalThis)) return;
  const cache = await caches.open(WAITING);
  for (const key of keys) await cache.delete(key);
}
