/** Where the build put the files that are loaded by name (workers, wasm): hashed names, told by the page. */

/** @type {Record<string, string>} */
let assets = {};

/** @param {Record<string, string>} map plain name to URL */
export function setAssets(map) {
  assets = { ...map };
}

/**
 * @param {string} name as in the sources, for example `slice_worker.js`
 * @returns {string} URL
 * @throws {Error} an unknown name: guessing a URL would load an old build's file
 */
export function assetUrl(name) {
  const url = assets[name];
  if (!url) throw new Error(`no asset named ${name} in this build`);
  return url;
}

/** What records name as `app`: the build's hash from the manifest, `00` where the page tells none (tests). @returns {string} */
export function buildHash() {
  return assets.build ?? '00';
}
