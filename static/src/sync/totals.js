/** How much lies on this phone, of all and of each worker, and whether it may be put away. */
import { judge } from '../core/safety.js';
import { wall } from '../device/clock.js';
import { openDb } from '../store/db.js';
import { workers } from '../store/snapshot.js';
import { filmsAllowed } from './line.js';

/** `only`: bytes that exist on this phone alone. @typedef {{safe: number, records: number, films: number, photos: number, aside: number, only: number}} Total */
/** @typedef {{device: Total, workers: (Total & {worker: string | null})[], filming: boolean}} Totals `worker`: a name; null: nobody signed in */

/** @returns {Total} */
const nothing = () => ({ safe: 0, records: 0, films: 0, photos: 0, aside: 0, only: 0 });

const ASIDE = new Set(['malformed', 'quarantined']);

/** Only what waits and what still has its bytes here: the journal itself may be years long. @returns {Promise<Totals>} */
export async function queueTotals() {
  const names = new Map((await workers()).map(({ id, name }) => [id, name]));
  const tx = (await openDb()).transaction(['journal', 'takes', 'photos', 'uploads']);
  const journal = tx.objectStore('journal');
  const [takes, photos, ...unanswered] = await Promise.all([
    tx.objectStore('takes').getAll(),
    tx.objectStore('photos').getAll(),
    ...['pending', ...ASIDE].map((state) => journal.index('state').getAll(state)),
  ]);
  /** @type {Map<string | null, Total>} */
  const by = new Map();
  const device = nothing();
  /** @param {{text: string} | undefined} row @param {(total: Total) => void} add */
  const count = (row, add) => {
    const id = /^worker (\S+)$/m.exec(row?.text ?? '')?.[1] ?? '-';
    const worker = names.get(id) ?? null;
    const total = by.get(worker) ?? nothing();
    by.set(worker, total);
    add(total);
    add(device);
  };
  for (const row of unanswered.flat()) count(row, (total) => void (total[ASIDE.has(row.state) ? 'aside' : 'records'] += 1));
  for (const take of takes) {
    const opening = await journal.index('id').get(take.takeId);
    const bytes = take.closed?.bytes ?? 0;
    if (take.sealedBy && bytes === 0) continue;
    count(opening, (total) => addFile(total, 'films', take, bytes));
  }
  for (const photo of photos) {
    const record = await journal.index('id').get(photo.id);
    count(record, (total) => addFile(total, 'photos', photo, photo.bytes));
  }
  const rows = [...by].map(([worker, total]) => ({ worker, ...total }));
  return { device, workers: rows.sort((a, b) => b.only - a.only), filming: takes.some(({ open }) => open === 1) };
}

/** @param {Total} total @param {'films' | 'photos'} kind @param {{verifiedAt: number | null, problem: string | null}} row @param {number} bytes */
function addFile(total, kind, { verifiedAt, problem }, bytes) {
  if (verifiedAt) total.safe += 1;
  else total[problem ? 'aside' : kind] += 1;
  if (!verifiedAt) total.only += bytes;
}

/** @param {boolean | null} online @returns {Promise<import('../core/safety.js').Safety>} */
export async function everythingSafe(online) {
  const { device, filming } = await queueTotals();
  return judge({ ...device, filming, online, filmsWait: device.films > 0 && !(await filmsAllowed()) });
}

/** The day's name for a file. @returns {string} */
export function exportName() {
  return `dockproof-queue-${new Date(wall()).toISOString().slice(0, 16).replace(/[-:]/g, '')}.zip`;
}
