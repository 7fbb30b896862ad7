/** The phone app's start: files of this build, words, who we are, then the screens by address. */

import { setAssets } from './core/assets.js';
import { registerUpdates } from './device/app_updates.js';
import { watchInstall } from './device/install.js';
import { recoverTakes } from './store/evidence.js';
import { onDatabaseNews } from './store/db.js';
import { lastSigned } from './store/journal.js';
import { notePhone, noteWaiting, phoneNote } from './store/phone_note.js';
import { getSetting } from './store/settings.js';
import { sealInterrupted } from './store/take_record.js';
import { refreshSnapshot } from './sync/refresh.js';
import { watchClock } from './sync/clock_watch.js';
import { startSync } from './sync/drain.js';
import { noteState } from './sync/sync_state.js';
import { appState, setState } from './ui/state.js';
import { loadFirstWords } from './ui/words.js';
import { recordMeans } from './screens/keep_record.js';
import { isCode } from './screens/refusal.js';
import { Shell } from './screens/shell.js';
import { tellBlocked, tellNoStart } from './screens/start_news.js';

const BLOCKED = 'device_revoked';

/** What the page says of this build: names to addresses, and the build's hash. */
function readAssets() {
  const meta = document.querySelector('meta[name="dockproof-assets"]');
  /** @type {Record<string, string>} */
  const told = JSON.parse(meta?.getAttribute('content') ?? '{}');
  /** @param {[string, string]} entry */
  const absolute = ([name, value]) => [name, name === 'build' || /^(\/|https?:)/.test(value) ? value : `/${value}`];
  return Object.fromEntries(Object.entries(told).map(absolute));
}

async function whoWeAre() {
  const [site, worker, device] = await Promise.all([getSetting('site'), getSetting('worker'), getSetting('device')]);
  const lost = device ? null : phoneNote();
  setState({ site: device ? site : null, worker, lost });
  if (device) notePhone({ device, site: site?.name ?? '', seq: await lastSigned(device) });
  await tellClock();
}

/** Takes that a crash or a dead battery cut off get their closing record; their bytes are on disk. */
async function closeCutTakes() {
  for (const { takeId } of await recoverTakes()) {
    await sealInterrupted(takeId, await recordMeans());
    setState({ interrupted: appState().interrupted + 1 });
  }
}

/** @param {import('./sync/sync_state.js').SyncState} sync */
function noteSync({ online, error, pending, malformed, unverified }) {
  // A record without film (an arrival) that still waits counts as one thing that is not safe.
  const unsafe = Math.max(unverified, pending > 0 ? 1 : 0) + malformed;
  uncommitted = pending;
  if (!appState().lost) noteWaiting(unsafe);
  setState({ unsafe, online, ...blockedOrNot(error) });
  offerUpdate();
}

/** @param {string | null} error @returns {{trouble?: string | null}} */
function blockedOrNot(error) {
  if (error === BLOCKED) return { trouble: `error.${BLOCKED}` };
  return appState().trouble === `error.${BLOCKED}` ? { trouble: null } : {};
}

let uncommitted = 0;
let updateWaits = false;

/** Offered only while the server knows of everything that was captured here. */
function offerUpdate() {
  const updateReady = updateWaits && uncommitted === 0;
  if (updateReady !== appState().updateReady) setState({ updateReady });
}

/** The phone's clock was set during the shift: said on the sync screen and at the end of the shift. */
async function tellClock() {
  setState({ clockMoved: (await getSetting('clockMoved')) !== null });
}

/** Starts what runs behind the screens, once this phone belongs to a site. */
let behind = false;
function startBehind() {
  if (behind || !appState().site) return;
  behind = true;
  void closeCutTakes().catch(() => setState({ trouble: 'phone.recover_failed' }));
  startSync({ onState: noteSync });
  watchClock(() => void tellClock());
  void refreshSnapshot().catch((error) => (isCode(error, BLOCKED) ? noteState({ error: BLOCKED }) : undefined));
}

/** What was stored here is gone while the app runs: whatever screen is open, that is said now. @param {Shell} shell */
async function storageGone(shell) {
  setState({ site: null, worker: null, lost: phoneNote(), unsafe: 0, recording: false, interrupted: 0, updateReady: false });
  await shell.show();
}

/** @param {HTMLElement} root */
async function start(root) {
  watchInstall(() => setState({}));
  setAssets(readAssets());
  onDatabaseNews({ blocked: (blocked) => tellBlocked(root, blocked), lost: () => undefined });
  await loadFirstWords();
  await whoWeAre();
  const shell = new Shell(root);
  onDatabaseNews({ blocked: () => undefined, lost: () => void storageGone(shell) });
  root.addEventListener('dp-enrolled', () => void whoWeAre().then(startBehind).then(() => shell.go('/scan', { replace: true })));
  root.addEventListener('dp-shift', () => void whoWeAre().then(() => shell.show()));
  startBehind();
  await shell.show();
  void registerUpdates(() => {
    updateWaits = true;
    offerUpdate();
  });
}

const app = document.getElementById('app');
if (app) start(app).catch((error) => tellNoStart(app, error));
