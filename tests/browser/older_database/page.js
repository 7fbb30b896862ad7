/**
 * Turns the phone's database into that of an earlier release, as that release made and wrote it: version 1 (2026-11-21,
 * takes) and 2 (2026-11-22, photos). Frozen: what once shipped does not change with the client.
 */
const NAME = 'dockproof';

const wait = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function makeFirst(db) {
  for (const name of ['keys', 'settings', 'snapshot']) db.createObjectStore(name);
  const journal = db.createObjectStore('journal', { keyPath: ['device', 'seq'] });
  journal.createIndex('id', 'id', { unique: true });
  for (const name of ['state', 'opens', 'parcel']) journal.createIndex(name, name);
  db.createObjectStore('takes', { keyPath: 'takeId' }).createIndex('open', 'open');
  for (const name of ['chunks', 'events', 'slices']) db.createObjectStore(name, { keyPath: ['takeId', 'index'] });
  db.createObjectStore('uploads', { keyPath: 'takeId' });
  db.createObjectStore('challenges', { keyPath: 'id' });
  db.createObjectStore('pictures', { keyPath: 'sha256' });
}

function makeSecond(db) {
  const photos = db.createObjectStore('photos', { keyPath: 'id' });
  for (const name of ['waiting', 'parcel']) photos.createIndex(name, name);
  db.createObjectStore('photo_bytes', { keyPath: 'id' });
}

const STEPS = [makeFirst, makeSecond];
const KEYLESS = ['keys', 'settings', 'snapshot'];
const LATER_SETTINGS = ['former', 'clockMoved', 'films', 'whySeen', 'weightUnit', 'gate', 'looked'];

async function readAll() {
  const db = await wait(indexedDB.open(NAME));
  const found = {};
  for (const name of db.objectStoreNames) {
    const store = db.transaction(name).objectStore(name);
    const [keys, values] = [await wait(store.getAllKeys()), await wait(db.transaction(name).objectStore(name).getAll())];
    found[name] = values.map((value, i) => [keys[i], value]);
  }
  db.close();
  return found;
}

/** Earlier releases kept the snapshot as one value. */
function oneSnapshot(rows) {
  const kept = Object.fromEntries(rows.snapshot);
  const bare = (list) => list.map(([, { round, numbers, ...row }]) => row);
  const { head, blanks, aliases, holds, savedAt } = kept;
  const current = { ...head, orders: bare(rows.orders), parcels: bare(rows.parcels), blanks, aliases, holds };
  return [['current', current], ['savedAt', savedAt]];
}

/** As phones without a file system for pages keep a film: one row a slice. */
async function intoRows(rows, takeId) {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('takes');
  const file = await (await folder.getFileHandle(`${takeId}.bin`)).getFile();
  for (const [, { takeId: of, index, offset, length }] of rows.chunks) {
    if (of !== takeId) continue;
    const data = await file.slice(offset, offset + length).arrayBuffer();
    rows.slices.push([[takeId, index], { takeId, index, data }]);
  }
  rows.takes = rows.takes.map(([key, take]) => [key, take.takeId === takeId ? { ...take, backend: 'idb' } : take]);
  await folder.removeEntry(`${takeId}.bin`);
}

/** @param {{version: 1 | 2, rowsTake: string}} asked `rowsTake`: the film that lies in rows */
window.becomeOlder = async ({ version, rowsTake }) => {
  const rows = await readAll();
  rows.snapshot = oneSnapshot(rows);
  rows.settings = rows.settings.filter(([key]) => !LATER_SETTINGS.includes(key));
  await intoRows(rows, rowsTake);
  await wait(indexedDB.deleteDatabase(NAME));
  localStorage.removeItem('dockproof.phone');
  sessionStorage.removeItem('dockproof.phone');
  const opening = indexedDB.open(NAME, version);
  opening.onupgradeneeded = () => STEPS.slice(0, version).forEach((step) => step(opening.result));
  const db = await wait(opening);
  for (const name of db.objectStoreNames) {
    for (const [key, value] of rows[name] ?? []) {
      const store = db.transaction(name, 'readwrite', { durability: 'strict' }).objectStore(name);
      await wait(KEYLESS.includes(name) ? store.put(value, key) : store.put(value));
    }
  }
  db.close();
};

/** An old tab that holds the database and hears nothing. @param {number} version */
window.holdDatabase = async (version) => {
  const opening = indexedDB.open(NAME, version);
  opening.onupgradeneeded = () => STEPS.slice(0, version).forEach((step) => step(opening.result));
  window.held = await wait(opening);
};
