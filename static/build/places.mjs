// Where the client's sources lie and where its build goes.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const SOURCES = join(ROOT, 'static', 'src');
export const DIST = join(ROOT, 'static', 'dist');
export const WORDS = join(ROOT, 'webapp', 'words');
export const MODULES = join(ROOT, 'node_modules');
/** The server serves static/dist at its root (webapp/web/pages_phone.py). */
export const URL_BASE = '/';
