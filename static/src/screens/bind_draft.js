/** A blank label or somebody else's sticker, and what the record says that gives it to a parcel. Pure. */

import { parseLabel } from '../core/label.js';
import { stickerKey } from '../core/sticker.js';

/** @typedef {import('./count_drafts.js').Times} Times */

/**
 * @param {string} text scanned or typed
 * @param {{ parcel: string, orders: string[] }} to
 * @param {Times} times
 */
export function bindDraft(text, { parcel, orders }, times) {
  const { code } = parseLabel(text);
  const what = code ? { code, alias: null } : { code: null, alias: text.replaceAll('\0', '') };
  return { kind: /** @type {const} */ ('bind'), order: orders.length === 1 ? orders[0] ?? null : null, parcel, ...what, ...times };
}

/**
 * Whether a code that nothing here knows may be bound as a sticker: a misread or foreign label of ours may not.
 * @param {string} text
 */
export function isSticker(text) {
  return parseLabel(text).problem === 'not_a_label' && stickerKey(text) !== '';
}

/** Whether two readings are of one label or sticker. @param {string} one @param {string} other */
export function sameCode(one, other) {
  const [first, second] = [parseLabel(one).code, parseLabel(other).code];
  return first || second ? first === second : stickerKey(one) === stickerKey(other);
}
