/**
 * What this browser knows of the phone beside its database: so that an empty database is known for one that was emptied.
 * Kept in three places, since each is cleared by something else: this page, this tab, this browser.
 */

/** `seq`: the last record that was signed; `waiting`: captures that the server had not confirmed at the last look.
 * @typedef {{device: string, site: string, seq: number, waiting: number}} PhoneNote */

/** A service worker has none, and its types know none. @typedef {{getItem: (name: string) => string | null, setItem: (name: string, value: string) => void}} Place */

const KEPT = 'dockproof.phone';

/** @type {PhoneNote | null} */
let here = null;

/** @returns {Place[]} a browser that forbids them throws at the mere mention */
function places() {
  const found = [];
  for (const name of /** @type {const} */ (['sessionStorage', 'localStorage'])) {
    try {
      const place = /** @type {Record<string, any>} */ (globalThis)[name];
      if (place) found.push(/** @type {Place} */ (place));
    } catch {
      // Not here, then.
    }
  }
  return found;
}

/** @param {Place} place @returns {PhoneNote | null} */
function readFrom(place) {
  try {
    const { device, site, seq, waiting } = JSON.parse(place.getItem(KEPT) ?? '{}');
    if (!/^[0-9a-f]{32}$/.test(device)) return null;
    return { device, site: String(site ?? ''), seq: Number(seq) || 0, waiting: Number(waiting) || 0 };
  } catch {
    return null;
  }
}

/** @returns {PhoneNote | null} null: this browser was never enrolled, or everything was cleared */
export function phoneNote() {
  const found = [here, ...places().map(readFrom)].filter((note) => note !== null);
  // Another tab may have signed more since; an older enrolment's note is told by its place in the row.
  const own = found.filter((note) => note.device === found[0]?.device);
  return own.sort((a, b) => b.seq - a.seq)[0] ?? null;
}

/** @param {PhoneNote} note */
function keep(note) {
  here = note;
  for (const place of places()) {
    try {
      place.setItem(KEPT, JSON.stringify(note));
    } catch {
      // Full or forbidden: the other places have it.
    }
  }
}

/** @param {{device: string, site: string, seq: number}} phone as the database says it is */
export function notePhone({ device, site, seq }) {
  const known = phoneNote();
  const same = known?.device === device;
  keep({ device, site, seq: same ? Math.max(seq, known.seq) : seq, waiting: same ? known.waiting : 0 });
}

/** A record was signed. @param {string} device @param {number} seq */
export function noteSigned(device, seq) {
  const known = phoneNote();
  if (known?.device === device && seq > known.seq) keep({ ...known, seq });
}

/** @param {number} waiting captures that the server has not confirmed */
export function noteWaiting(waiting) {
  const known = phoneNote();
  if (known && known.waiting !== waiting) keep({ ...known, waiting });
}

/** Puts what this page knows back where it was cleared. */
export function keepNote() {
  const known = phoneNote();
  if (known) keep(known);
}
