import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { check, importsOf } from './client_layers.mjs';

const SOURCES = fileURLToPath(new URL('../../static/src/', import.meta.url));

test('the client imports one way', () => {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
  assert.ok(paths.length > 0);
  const findings = paths.flatMap((path) =>
    check(path.split(sep).join('/'), readFileSync(join(SOURCES, path), 'utf8')),
  );
  assert.deepEqual(findings, []);
});

test('an import against the current is found', () => {
  const faults = {
    'core/label.js': ["import { open } from '../store/database.js';", 'core may not import store (../store/database.js)'],
    'store/journal.js': ["export * from '../sync/drain.js';", 'store may not import sync (../sync/drain.js)'],
    'device/keys.js': ["const lit = await import('lit');", 'device may not import lit'],
    'ui/t.js': ["import {\n  a,\n} from '../screens/scan.js';", 'ui may not import screens (../screens/scan.js)'],
    'desk/board.js': ["import '../store/journal.js';", 'desk may not import store (../store/journal.js)'],
    'core/time.js': ['export const now = () => Date.now();', 'core is pure, yet it says Date.now('],
    'shared/x.js': ['', 'shared is no layer of the client'],
  };
  for (const [path, [text, finding]] of Object.entries(faults)) {
    assert.deepEqual(check(path, text), [`${path}: ${finding}`]);
  }
});

test('downward imports, own packages and comments pass', () => {
  const text = "// import '../main.js'\n/** @import {X} from '../screens/x.js' */\nimport { openDB } from 'idb';\nimport { a } from '../core/a.js';";
  assert.deepEqual(importsOf(text), ['idb', '../core/a.js']);
  assert.deepEqual(check('store/database.js', text), []);
});
