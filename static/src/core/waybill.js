/**
 * What a courier's sticker says, made comparable; the twin of `normalise_waybill` and `waybill_keys` in
 * webapp/domain/orders.py (tests/vectors/waybills.json). Numeric formats of couriers overlap, so only an exact match
 * against imported waybills identifies a parcel.
 */

const MAX_TEXT = 2_000;
const SPREADSHEET_DIGITS = 15; // what a spreadsheet program keeps of a number
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const DASHES = /[\u2010-\u2015\u2212]/gu;
const SF_PAYLOAD = /['"]k5['"]\s*:\s*['"]([^'"]*)['"]/iu;
const PARENT = /^((?:JD|DPK)[0-9A-Z]{8,})(?:-[0-9]{1,4})+-?$/;

/**
 * The comparison key: upper case, without spaces and hyphens.
 * @param {string} text scanned, typed or pasted; with or without `courier:`; an SF QR payload
 * @returns {string} `''`: no waybill (a web address, fewer than four digits)
 */
export function normaliseWaybill(text) {
  return keyOf(bodyOf(text));
}

/**
 * Keys to look up, most exact first: the whole number, then the parent of a `JD…-1-2-` or `DPK…-1` parcel.
 * @param {string} text
 * @returns {string[]}
 */
export function waybillKeys(text) {
  const whole = normaliseWaybill(text);
  if (!whole) return [];
  const parent = PARENT.exec(bodyOf(text).replace(/\s/gu, ''));
  return parent ? [whole, parent[1]] : [whole];
}

/** @param {string} body @returns {string} */
function keyOf(body) {
  const key = body.replace(/[\s-]/gu, '');
  return /^[0-9A-Z]{4,40}$/.test(key) && key.replace(/\D/g, '').length >= 4 ? key : '';
}

/** @param {string} text @returns {string} the number as printed, hyphens kept */
function bodyOf(text) {
  if (text.length > MAX_TEXT) return '';
  const body = unquoted(SF_PAYLOAD.exec(text)?.[1] ?? text).toUpperCase();
  if (body.includes('://')) return '';
  const parts = body.replace(DASHES, '-').split(':').map((part) => part.trim()).reverse();
  const number = parts.find(keyOf) ?? parts[0];
  const decimals = /^([0-9]+)\.0*$/.exec(number);
  return decimals && decimals[1].length <= SPREADSHEET_DIGITS ? decimals[1] : number;
}

/** What a spreadsheet wraps around a number to keep it text: `="…"`, `'…`. @param {string} text @returns {string} */
function unquoted(text) {
  const folded = text.normalize('NFKC').replace(INVISIBLE, '').trim();
  return folded.replace(/^=/, '').trim().replace(/^['"]+|['"]+$/g, '').trim();
}
