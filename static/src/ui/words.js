/** The words on the phone's screens: one catalogue at a time, changed without reloading the page. */

import { assetUrl } from '../core/assets.js';
import { makeT } from '../core/words.js';
import { putSetting } from '../store/settings.js';

/** @typedef {'zh_CN' | 'vi' | 'en'} Language */

/** Each language by its own name, Chinese first. @type {readonly { code: Language, name: string, short: string, tag: string }[]} */
export const LANGUAGES = Object.freeze([
  { code: 'zh_CN', name: '中文', short: '中', tag: 'zh-CN' },
  { code: 'vi', name: 'Tiếng Việt', short: 'VI', tag: 'vi' },
  { code: 'en', name: 'English', short: 'EN', tag: 'en' },
]);

const KEPT = 'dockproof.language';

/** @type {Language} */
let current = 'zh_CN';
let translate = makeT({});
/** @type {Set<() => void>} */
const listeners = new Set();

/** @type {import('../core/words.js').Translate} */
export const t = (key, vars) => translate(key, vars);

/** @returns {Language} */
export function language() {
  return current;
}

/** The language as a BCP 47 tag, for `lang` and `Accept-Language`. @returns {string} */
export function languageTag() {
  return LANGUAGES.find((one) => one.code === current)?.tag ?? 'zh-CN';
}

/**
 * The language to start with: chosen before, else the first of the browser's that we speak, else Chinese.
 * @param {readonly string[]} wanted BCP 47 tags, best first
 * @param {string | null} kept
 * @returns {Language}
 */
export function chooseLanguage(wanted, kept) {
  const known = LANGUAGES.find((one) => one.code === kept);
  if (known) return known.code;
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split(/[-_]/)[0];
    const match = LANGUAGES.find((one) => one.tag.toLowerCase().split('-')[0] === primary);
    if (match) return match.code;
  }
  return 'zh_CN';
}

/** @returns {string | null} */
function keptLanguage() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** Loads the words of the starting language. @returns {Promise<void>} */
export async function loadFirstWords() {
  await useLanguage(chooseLanguage(navigator.languages ?? [], keptLanguage()));
}

/**
 * Changes the language of every screen.
 * @param {Language} code
 * @returns {Promise<void>}
 * @throws {Error} the catalogue could not be loaded; the old words stay
 */
export async function useLanguage(code) {
  const response = await fetch(assetUrl(`words/${code}.json`));
  if (!response.ok) throw new Error(`words ${code}: ${response.status}`);
  translate = makeT(await response.json());
  current = code;
  document.documentElement.lang = languageTag();
  // The server's refusals come in this language; a database that does not open must not stop the words.
  await putSetting('language', code).catch(() => undefined);
  listeners.forEach((listener) => listener());
}

/**
 * The words of a language for something that others read; the screens keep theirs.
 * @param {Language} code
 * @returns {Promise<import('../core/words.js').Translate>}
 * @throws {Error} the catalogue could not be loaded
 */
export async function wordsIn(code) {
  if (code === current) return translate;
  const response = await fetch(assetUrl(`words/${code}.json`));
  if (!response.ok) throw new Error(`words ${code}: ${response.status}`);
  return makeT(await response.json());
}

/** @param {Language} code */
export async function chooseAndKeep(code) {
  await useLanguage(code);
  try {
    localStorage.setItem(KEPT, code);
  } catch {
    // A browser without storage asks again next time.
  }
}

/** @param {() => void} listener @returns {() => void} stops listening */
export function onWords(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
