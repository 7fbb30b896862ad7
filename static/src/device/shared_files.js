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
 * Every file that waits, oldest first; they are gone from here afterwards.
 * @returns {Promise<File[]>}
 */
export async function takeShared() {
  if (!('caches' in globalThis)) return [];
  const cache = await caches.open(WAITING);
  const found = [];
  for (const key of await cache.keys()) {
    const kept = await cache.match(key);
    await cache.delete(key);
    if (!kept || Date.now() - Number(kept.headers.get('Shared-At')) > KEPT_MS) continue;
    const name = decodeURIComponent(kept.headers.get('Shared-Name') ?? 'file');
    found.push(new File([await kept.blob()], name, { type: kept.headers.get('Content-Type') ?? '' }));
  }
  return found;
}
