// The built files: named by their content, written so that a server reading the folder never sees half a build.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { URL_BASE } from './places.mjs';

/** @typedef {Map<string, Uint8Array>} Files path below static/dist → bytes */

/** @param {Uint8Array | string} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * One number for the whole build; it stands in the records of the phone as `app`.
 * The service worker is left out: it contains this number.
 * @param {Files} files
 */
export function buildHash(files) {
  const lines = [...files].map(([path, bytes]) => `${path} ${sha256(bytes)}\n`).sort();
  return sha256(lines.join('')).slice(0, 16);
}

export class Output {
  /** @param {string} dist folder of the build */
  constructor(dist) {
    this.dist = dist;
    /** @type {Files} */
    this.files = new Map();
    /** @type {Record<string, string>} logical name → URL path */
    this.names = {};
  }

  /**
   * @param {string} name logical name, as in `main.js`
   * @param {import('esbuild').OutputFile[]} bundled esbuild's outputs; files beside the entry are hashed already
   */
  addBundle(name, bundled) {
    for (const file of bundled) {
      const base = basename(file.path);
      if (base === name) this.#addHashed(name, file.contents);
      else this.files.set(`assets/${base}`, file.contents);
    }
  }

  /** @param {import('./entries.mjs').Copy} copy */
  async addCopy(copy) {
    let bytes = /** @type {Uint8Array} */ (readFileSync(copy.path));
    if (copy.minify) bytes = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString('utf8'))));
    if (copy.hashed) {
      this.#addHashed(copy.name, bytes);
    } else {
      this.files.set(copy.name, bytes);
      this.names[copy.name] = URL_BASE + copy.name;
    }
  }

  /** @param {Uint8Array} bytes */
  addServiceWorker(bytes) {
    this.files.set('sw.js', bytes);
    this.names['sw.js'] = `${URL_BASE}sw.js`;
  }

  /** What the phone needs without a network: all but the desk's own files. */
  offlineUrls() {
    const desk = ['desk.', 'reader.', 'burning/'];
    const phone = (/** @type {string} */ name) => name !== 'sw.js' && !desk.some((start) => name.startsWith(start));
    return Object.keys(this.names).filter(phone).map((name) => this.names[name]).sort();
  }

  /**
   * Files first, the manifest after them, stale assets last.
   * @param {string} build
   * @param {{clean: boolean}} options clean: drop stale assets at once
   * @returns {number} files written
   */
  write(build, { clean }) {
    for (const [path, bytes] of this.files) this.#put(path, bytes);
    const names = Object.fromEntries(Object.entries(this.names).sort());
    this.#put('manifest.json', `${JSON.stringify({ build, ...names }, null, 1)}\n`);
    this.#removeStale(clean ? 0 : 3_600_000);
    return this.files.size;
  }

  /** @param {string} name @param {Uint8Array} bytes */
  #addHashed(name, bytes) {
    const extension = extname(name);
    const stem = name.slice(0, -extension.length).replaceAll('/', '-');
    const path = `assets/${stem}-${sha256(bytes).slice(0, 10)}${extension}`;
    this.files.set(path, bytes);
    this.names[name] = URL_BASE + path;
  }

  /** @param {string} path @param {Uint8Array | string} bytes */
  #put(path, bytes) {
    const target = join(this.dist, path);
    const fresh = `${target}.${process.pid}`;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(fresh, bytes);
    renameSync(fresh, target);
  }

  /** A page that is open now may still ask for the last build's files: they stay for an hour. */
  #removeStale(/** @type {number} */ keepMs) {
    const folder = join(this.dist, 'assets');
    const limit = Date.now() - keepMs;
    for (const file of readdirSync(folder)) {
      const path = join(folder, file);
      if (!this.files.has(`assets/${file}`) && statSync(path).mtimeMs < limit) rmSync(path);
    }
  }
}
