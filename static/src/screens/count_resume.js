/** A count of this parcel that somebody began and did not finish: shown with the name, gone on with or left. */

import { html } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { parseRecord } from '../core/record.js';
import { recordsOfParcel } from '../store/journal.js';
import { workers } from '../store/snapshot.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { COUNT_SLOT } from './count_drafts.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */
/**
 * `perLine`: its units, where it was filmed on this phone; `startedMs`: epoch milliseconds, best known.
 * @typedef {{ take: string, name: string, startedMs: number, perLine: Map<string, number> | null }} UnfinishedTake
 */

/**
 * The newest unfinished take that nobody has gone on with.
 * @param {ParcelFacts} facts
 * @returns {Promise<UnfinishedTake | null>}
 */
export async function unfinishedTake(facts) {
  const rows = (await recordsOfParcel(facts.id)).map((row) => parseRecord(row.text));
  const people = new Map((await workers()).map(({ id, name }) => [id, name]));
  const followed = new Set(rows.filter(({ kind }) => kind === 'segment').map(({ values }) => values?.of));
  const finished = rows.filter(({ kind, slot, closed }) => kind === 'take' && slot === COUNT_SLOT && closed === 'complete');
  const finishedAt = Math.max(-1, ...finished.map(({ seq }) => seq));
  /** @type {UnfinishedTake[]} */
  const own = rows
    .filter(({ kind, slot, closed, seq, opens }) => kind === 'take' && slot === COUNT_SLOT && closed === 'interrupted' && seq > finishedAt && !followed.has(opens))
    .map((row) => ({
      take: row.opens ?? '',
      name: people.get(row.worker ?? '') ?? '',
      startedMs: row.wall.start + (row.offset?.ms ?? 0),
      perLine: new Map((row.tally ?? []).map(({ line, units }) => [line, units])),
    }));
  const mine = new Set(rows.map(({ id }) => id));
  /** @type {UnfinishedTake[]} */
  const others = (facts.view.parcel.open_takes ?? [])
    .filter(({ take }) => !mine.has(take) && !followed.has(take))
    .map(({ take, worker, started_at: at }) => ({ take, name: worker ?? '', startedMs: Date.parse(at), perLine: null }));
  return [...own, ...others].sort((a, b) => b.startedMs - a.startedMs)[0] ?? null;
}

/**
 * @param {UnfinishedTake} take
 * @param {string} zone of the site
 * @param {{ onGoOn: () => void, onAnew: () => void }} answers
 */
export function unfinishedCard({ name, startedMs, perLine }, zone, { onGoOn, onAnew }) {
  const units = perLine ? [...perLine.values()].reduce((sum, n) => sum + n, 0) : null;
  const who = name ? `\u2068${name}\u2069` : t('count.somebody');
  const at = formatInstant(startedMs, zone).slice(5, 16);
  return messageBox({
    kind: 'warn',
    what: t('count.unfinished', { who, at }),
    safe: units === null ? t('count.unfinished_elsewhere') : t('count.unfinished_units', { n: units }),
    next: t('count.unfinished_next'),
    actions: html`<button type="button" class="big main" data-go-on @click=${onGoOn}>${t('count.unfinished_go_on')}</button>
      <button type="button" class="big" data-anew @click=${onAnew}>${t('count.unfinished_anew')}</button>`,
  });
}

/**
 * Whose count a take goes on with.
 * @param {ParcelFacts} facts
 * @param {string} takeId
 * @returns {Promise<{ take: string, name: string } | null>} null: it began by itself
 */
export async function continuedFrom(facts, takeId) {
  const rows = (await recordsOfParcel(facts.id)).map((row) => parseRecord(row.text));
  const segment = rows.find(({ kind, values }) => kind === 'segment' && values?.next === takeId);
  const of = segment?.values?.of;
  if (!of) return null;
  const own = rows.find(({ id }) => id === of);
  const people = new Map((await workers()).map(({ id, name }) => [id, name]));
  const other = (facts.view.parcel.open_takes ?? []).find(({ take }) => take === of)?.worker;
  const fact = (facts.view.parcel.facts ?? []).find(({ id }) => id === of)?.worker;
  return { take: of, name: people.get(own?.worker ?? '') ?? other ?? fact ?? '' };
}
