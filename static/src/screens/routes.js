/** The phone's addresses (`/scan?label=CODE` is how a label's page hands over). The server answers each with the same shell; what follows the question mark is ours. Pure. */

/**
 * @typedef {{ screen: 'scan' | 'enrol' | 'captures' }
 *   | { screen: 'parcel' | 'count', parcel: string, voided: boolean }
 *   | { screen: 'done', parcel: string, take: string, cut: string | null }
 *   | { screen: 'label' | 'bind', code: string }} Route
 */

/** @param {string} id */
export const parcelPath = (id, { voided = false } = {}) => `/parcel/${id}${voided ? '?voided' : ''}`;

/** @param {string} text a blank label's code, or what a sticker says */
export const bindPath = (text) => `/scan?bind=${encodeURIComponent(text)}`;

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
  if (parcel) {
    const take = searchParams.get('done') ?? '';
    if (/^[0-9a-f]{32}$/.test(take)) return { screen: 'done', parcel, take, cut: searchParams.get('cut') };
    return { screen: searchParams.has('count') ? 'count' : 'parcel', parcel, voided: searchParams.has('voided') };
  }
  const code = /^\/[Ll]\/([0-9A-Za-z-]+)\/?$/.exec(pathname)?.[1] ?? searchParams.get('label');
  if (code) return { screen: 'label', code };
  const unbound = searchParams.get('bind');
  if (unbound) return { screen: 'bind', code: unbound };
  if (/^\/enrol\/?$/.test(pathname)) return { screen: 'enrol' };
  if (/^\/captures\/?$/.test(pathname)) return { screen: 'captures' };
  return { screen: 'scan' };
}
