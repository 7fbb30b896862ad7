/** A failure in words: the server's own sentence, ours for its code, or that it could not be reached. */

import { t } from '../ui/words.js';

/**
 * @param {unknown} error what store or sync rejected with
 * @returns {string} a sentence in the person's language
 */
export function refusalWords(error) {
  const { name, code, status, message } = /** @type {{ name?: string, code?: unknown, status?: number, message?: string }} */ (
    error ?? {}
  );
  if (typeof code === 'string') {
    // Only an answer of the server is in the person's language already.
    if (status && message && message !== `error.${code}`) return message;
    const key = `error.${code}`;
    if (t(key) !== key) return t(key);
  }
  return name === 'Offline' ? t('phone.no_server') : t('phone.failed');
}

/**
 * @param {unknown} error
 * @param {string} code
 * @returns {boolean} whether this is that failure
 */
export function isCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
