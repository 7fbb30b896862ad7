// Bundles static/src into static/dist: hashed assets, the service worker, and manifest.json (logical name → URL path).
//   node static/build/build.mjs [--strict] [--clean] [--watch]
// --strict: a missing entry is an error, not a notice.  --clean: drop the files of earlier builds at once.
// --watch: rebuild on change, not minified, with inline source maps.
import { watch } from 'node:fs';
import * as esbuild from 'esbuild';
import { collectEntries, MissingEntry } from './entries.mjs';
import { buildHash, Output } from './output.mjs';
import { DIST, ROOT, SOURCES, WORDS } from './places.mjs';

const STRICT = process.argv.includes('--strict');
const CLEAN = process.argv.includes('--clean');
const WATCH = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  charset: 'utf8',
  legalComments: 'none',
  loader: { '.png': 'file', '.svg': 'file', '.woff2': 'file' },
  logLevel: 'warning',
  minify: !WATCH,
  outdir: `${DIST}/assets`,
  sourcemap: WATCH ? 'inline' : false,
  target: ['es2020', 'safari15'],
  write: false,
};

/**
 * One entry → its bytes, plus the files it refers to (pictures in a style sheet).
 * Workers and the service worker are classic scripts: an IIFE runs as a classic worker and as a module worker.
 * @param {import('./entries.mjs').Entry} entry
 * @param {Record<string, string>} [define]
 */
async function bundle(entry, define = {}) {
  const result = await esbuild.build({
    ...COMMON,
    entryPoints: [entry.path],
    entryNames: '[name]',
    assetNames: '[name]-[hash]',
    format: entry.kind === 'worker' ? 'iife' : 'esm',
    // An IIFE has no import.meta; whoever needs a worker's own address asks `self.location`.
    ...(entry.kind === 'worker' ? { define: { 'import.meta.url': 'undefined', ...define } } : { define }),
  });
  return result.outputFiles ?? [];
}

/** @returns {Promise<void>} rejects when an entry does not bundle, or is missing under --strict */
async function buildAll() {
  const started = performance.now();
  const { entries, copies, missing } = collectEntries();
  if (missing.length && STRICT) throw new MissingEntry(missing);
  for (const name of missing) console.log(`client: ${name} is not there yet, skipped`);

  const output = new Output(DIST);
  const bundled = await Promise.all(
    entries.filter((entry) => entry.name !== 'sw.js').map(async (entry) => ({ entry, files: await bundle(entry) })),
  );
  for (const { entry, files } of bundled) output.addBundle(entry.name, files);
  for (const copy of copies) await output.addCopy(copy);

  const build = buildHash(output.files);
  const worker = entries.find((entry) => entry.name === 'sw.js');
  if (worker) {
    const files = await bundle(worker, {
      'self.__ASSETS__': JSON.stringify(output.offlineUrls()),
      'self.__BUILD__': JSON.stringify(build),
    });
    output.addServiceWorker(files[0].contents);
  }
  const count = output.write(build, { clean: CLEAN });
  console.log(`client: ${count} files, build ${build}, ${Math.round(performance.now() - started)} ms`);
}

async function main() {
  await buildAll();
  if (!WATCH) return;
  let timer = setTimeout(() => {}, 0);
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => buildAll().catch((error) => console.error(String(error.message ?? error))), 100);
  };
  for (const folder of [SOURCES, WORDS]) watch(folder, { recursive: true }, again);
  console.log('client: watching');
}

main().catch((error) => {
  // esbuild has already printed its own findings.
  if (!error.errors) console.error(error instanceof MissingEntry ? error.message : error);
  process.exitCode = 1;
});
