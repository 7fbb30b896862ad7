// What goes into the client: scripts, workers and styles to bundle, files to copy.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { MODULES, ROOT, SOURCES, WORDS } from './places.mjs';

/** @typedef {{name: string, path: string, kind: 'script' | 'worker' | 'style'}} Entry */
/** @typedef {{name: string, path: string, hashed: boolean, minify?: boolean}} Copy */

const SCRIPTS = {
  'main.js': 'main.js',
  'phone_check.js': 'phone_check.js',
  'desk.js': 'desk/desk.js',
  'reader.js': 'desk/reader.js',
};
const STYLES = { 'phone.css': 'style/phone.css', 'desk.css': 'style/desk.css', 'reader.css': 'style/reader.css' };
const WORKERS = { 'sw.js': 'sw.js' };
const LANGUAGES = ['en', 'zh_CN', 'vi'];

export class MissingEntry extends Error {
  /** @param {string[]} names */
  constructor(names) {
    super(`client: missing ${names.join(', ')}`);
  }
}

/** Every `*_worker.js` under static/src, by its base name. */
function workerFiles() {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('_worker.js'))
    .sort();
}

/** @returns {Copy[]} */
function copies() {
  const icons = readdirSync(join(SOURCES, 'icons')).sort();
  return [
    {
      name: 'zxing_reader.wasm',
      path: join(MODULES, 'zxing-wasm', 'dist', 'reader', 'zxing_reader.wasm'),
      hashed: true,
    },
    ...LANGUAGES.map((language) => ({
      name: `words/${language}.json`,
      path: join(WORDS, `${language}.json`),
      hashed: true,
      minify: true,
    })),
    // Not hashed: an installed app keeps these addresses for years.
    { name: 'manifest.webmanifest', path: join(SOURCES, 'manifest.webmanifest'), hashed: false },
    { name: 'burning/push.js', path: join(SOURCES, 'desk', 'push_listener.js'), hashed: false },
    ...icons.map((file) => ({ name: `icons/${file}`, path: join(SOURCES, 'icons', file), hashed: false })),
  ];
}

/** @returns {{entries: Entry[], copies: Copy[], missing: string[]}} `missing` names absent files, relative to the root */
export function collectEntries() {
  /** @type {(table: Record<string, string>, kind: Entry['kind']) => Entry[]} */
  const table = (names, kind) =>
    Object.entries(names).map(([name, path]) => ({ name, path: join(SOURCES, path), kind }));
  const entries = [
    ...table(SCRIPTS, 'script'),
    ...table(STYLES, 'style'),
    ...table(WORKERS, 'worker'),
    ...workerFiles().map((path) => /** @type {Entry} */ ({ name: basename(path), path: join(SOURCES, path), kind: 'worker' })),
  ];
  const all = [...entries, ...copies()];
  const missing = all.filter((one) => !existsSync(one.path)).map((one) => relative(ROOT, one.path));
  return {
    entries: entries.filter((one) => existsSync(one.path)),
    copies: copies().filter((one) => existsSync(one.path)),
    missing,
  };
}
