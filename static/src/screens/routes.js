/** The phone's addresses (`/scan?label=CODE` is how a label's page hands over). The server answers each with the same shell; what follows the question mark is ours. Pure. */

/**
 * @typedef {{ screen: 'scan' | 'enrol' | 'captures' | 'this-phone' }
 *   | { screen: 'parcel' | 'count', parcel: string, voided: boolean }
 *   | { screen: 'done', parcel: string, take: string, cut: string | null }
 *   | { screen: 'sample', parcel: string, line: string } | { screen: 'verdict' | 'result', parcel: string }
 *   | { screen: 'discrepancy', parcel: string, type: string } | { screen: 'guided', parcel: string, slot: string }
 *   | { screen: 'measure', parcel: string, take: string | null } | { screen: 'wanted', parcel: string }
 *   | { screen: 'gate' | 'freight' } | { screen: 'list', list: import('../store/worklists.js').ListName }
 *   | { screen: 'label' | 'bind' | 'hold', code: string }} Route
 */

/** @param {string} id */
export const parcelPath = (id, { voided = false } = {}) => `/parcel/${id}${voided ? '?voided' : ''}`;

/** @param {string} text a blank label's code, or what a sticker says */
export const bindPath = (text) => `/scan?bind=${encodeURIComponent(text)}`;

/** One gate-in: continuous scanning. */
export const GATE_PATH = '/scan?gate';

/** One hand-over to international freight. */
export const FREIGHT_PATH = '/scan?freight';

/** @param {string} text a code that nobody knows: its parcel is held */
export const holdPath = (text) => `/scan?hold=${encodeURIComponent(text)}`;

/** @param {import('../store/worklists.js').ListName} list */
export const listPath = (list) => `/scan?list=${list}`;

/** @param {string} id @param {string} line */
export const samplePath = (id, line) => `/parcel/${id}?sample=${line}`;

/** @param {string} id */
export const verdictPath = (id) => `/parcel/${id}?verdict`;

/** @param {string} id @param {string} type of core/record_kinds.js DISCREPANCIES */
export const discrepancyPath = (id, type) => `/parcel/${id}?discrepancy=${type}`;

/** @param {string} id @param {string} slot EV-nn */
export const guidedPath = (id, slot) => `/parcel/${id}?guided=${slot}`;

/** @param {string} id @param {string} take the film that shows what is measured */
export const measurePath = (id, take) => `/parcel/${id}?measure=${take}`;

/** What the receiver sends to the group. @param {string} id */
export const resultPath = (id) => `/parcel/${id}?result`;

/** What a claim still lacks. @param {string} id */
export const wantedPath = (id) => `/parcel/${id}?wanted`;

/** @param {string} id */
export const countPath = (id) => `/parcel/${id}?count`;

/**
 * @param {string} parcel
 * @param {string} take
 * @param {string | null} cut why the take had to end early
 */
export function donePath(parcel, take, cut) {
  return `/parcel/${parcel}?done=${take}${cut ? `&cut=${cut}` : ''}`;
}

/**
 * @param {string} path with its query, as in the address bar
 * @returns {Route} the scanner for an address nobody knows
 */
export function routeOf(path) {
  const { pathname, searchParams } = new URL(path, 'https://phone.invalid');
  const parcel = /^\/parcel\/([0-9a-f]{32})\/?$/.exec(pathname)?.[1];
  if (parcel) return parcelRoute(parcel, searchParams);
  const code = /^\/[Ll]\/([0-9A-Za-z-]+)\/?$/.exec(pathname)?.[1] ?? searchParams.get('label');
  if (code) return { screen: 'label', code };
  const unbound = searchParams.get('bind');
  if (unbound) return { screen: 'bind', code: unbound };
  const held = searchParams.get('hold');
  if (held) return { screen: 'hold', code: held };
  if (searchParams.has('gate')) return { screen: 'gate' };
  if (searchParams.has('freight')) return { screen: 'freight' };
  const list = LISTS.find((name) => name === searchParams.get('list'));
  if (list) return { screen: 'list', list };
  if (/^\/enrol\/?$/.test(pathname)) return { screen: 'enrol' };
  if (/^\/captures\/?$/.test(pathname)) return { screen: 'captures' };
  if (/^\/this-phone\/?$/.test(pathname)) return { screen: 'this-phone' };
  return { screen: 'scan' };
}

const ID = /^[0-9a-f]{32}$/;
/** @type {readonly import('../store/worklists.js').ListName[]} */
const LISTS = ['arrived', 'to_count', 'urgent'];

/** @param {string} parcel @param {URLSearchParams} asked @returns {Route} */
function parcelRoute(parcel, asked) {
  const take = asked.get('done') ?? '';
  if (ID.test(take)) return { screen: 'done', parcel, take, cut: asked.get('cut') };
  const line = asked.get('sample') ?? '';
  if (ID.test(line)) return { screen: 'sample', parcel, line };
  if (asked.has('verdict')) return { screen: 'verdict', parcel };
  if (asked.has('result')) return { screen: 'result', parcel };
  if (asked.has('wanted')) return { screen: 'wanted', parcel };
  const film = asked.get('measure');
  if (film !== null) return { screen: 'measure', parcel, take: ID.test(film) ? film : null };
  const type = asked.get('discrepancy') ?? '';
  if (/^[a-z_]{3,40}$/.test(type)) return { screen: 'discrepancy', parcel, type };
  const slot = asked.get('guided') ?? '';
  if (/^EV-\d{2}p?$/.test(slot)) return { screen: 'guided', parcel, slot };
  return { screen: asked.has('count') ? 'count' : 'parcel', parcel, voided: asked.has('voided') };
}
