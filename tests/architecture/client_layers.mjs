// The client's one-way law: main → screens → ui → sync → store → device → core. Read by client_layers.test.mjs.
import { posix } from 'node:path';

/** From the top down: a layer may import itself and everything after it. */
export const LAYERS = ['main', 'screens', 'ui', 'sync', 'store', 'device', 'core'];

/** Beside the layers: the desk pages' scripts, the phone check's start and the service worker. */
const BESIDE = { desk: ['desk', 'core', 'ui', 'device'], phone_check: ['screens'], sw: ['sw', 'sync', 'device', 'core'] };

/** Which npm package may be imported where: each has one home, so that it can be replaced there. */
export const PACKAGES = {
  lit: ['main', 'screens', 'ui'],
  idb: ['store'],
  'tus-js-client': ['sync'],
  'zxing-wasm': ['device'],
  '@noble/hashes': ['store', 'device', 'core'],
};

/** What core may not touch: it runs under node, and gives the same answer twice. */
const IMPURE = /\b(?:document|window|navigator|indexedDB|localStorage|sessionStorage|location)\s*[.[]|\bfetch\(|\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(/;

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const IMPORT = /(?:^|[\n;])\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** @param {string} path below static/src; `main.js` and `sw.js` are their own layers */
export const layerOf = (path) => (path.includes('/') ? path.split('/')[0] : path.replace(/\.js$/, ''));

/** @param {string} text @returns {string[]} what a module imports, comments left out */
export function importsOf(text) {
  const code = text.replace(COMMENT, '');
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2]);
}

/** @param {string} specifier @returns {string} `@scope/name` or `name` */
const packageName = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');

/** @param {string} layer @returns {string[] | undefined} */
function allowedFrom(layer) {
  const index = LAYERS.indexOf(layer);
  return index >= 0 ? LAYERS.slice(index) : BESIDE[layer];
}

/**
 * @param {string} path below static/src
 * @param {string} text
 * @returns {string[]} findings
 */
export function check(path, text) {
  const layer = layerOf(path);
  const allowed = allowedFrom(layer);
  if (!allowed) return [`${path}: ${layer} is no layer of the client`];
  const findings = [];
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith('.')) {
      const target = layerOf(posix.join(posix.dirname(path), specifier));
      if (!allowed.includes(target)) findings.push(`${path}: ${layer} may not import ${target} (${specifier})`);
    } else if (!PACKAGES[packageName(specifier)]?.includes(layer)) {
      findings.push(`${path}: ${layer} may not import ${specifier}`);
    }
  }
  const impure = layer === 'core' && IMPURE.exec(text.replace(COMMENT, ''));
  if (impure) findings.push(`${path}: core is pure, yet it says ${impure[0]}`);
  return findings;
}
