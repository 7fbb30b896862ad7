/** Words by key from one catalogue: the same file and the same placeholders as the server's. */

/** @typedef {(key: string, vars?: Record<string, string | number>) => string} Translate */

/**
 * A missing key shows itself instead of breaking a screen; a test compares the key sets of the catalogues.
 * @param {Record<string, string>} catalogue key to words with `{name}` placeholders
 * @returns {Translate}
 */
export function makeT(catalogue) {
  return (key, vars = {}) =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(vars[name] ?? whole));
}
