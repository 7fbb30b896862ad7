/** A count of this parcel that somebody began and did not finish: shown with the name, gone on with or left. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { printedCode } from '../core/label.js';
import { deviceToServer } from '../core/receipt_time.js';
import { parseRecord } from '../core/record.js';
import { continuedOf, wholeCount } from '../store/continued.js';
import { recordsOfParcel } from '../store/journal.js';
import { toldOf, workers } from '../store/snapshot.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { COUNT_SLOT } from './count_drafts.js';
import { variantOf } from './goods.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */
/** @typedef {import('../core/record.js').RecordFields} RecordFields */
/**
 * `names`: who counted its films, the first one first, `name` the last of them. `perLine`: units of all its films; null:
 * nobody has said. Times in epoch milliseconds, best known; `endedMs` null: it runs, or its phone has not said.
 * `toldMs`: filmed on another phone, and this one knows nothing later than what the server said then; null: filmed here.
 * @typedef {{ take: string, name: string, names: string[], startedMs: number, endedMs: number | null,
 *   perLine: Map<string, number> | null, label: string | null, toldMs: number | null }} UnfinishedTake
 */

/**
 * The newest unfinished take that nobody has gone on with.
 * @param {ParcelFacts} facts
 * @returns {Promise<UnfinishedTake | null>}
 */
export async function unfinishedTake(facts) {
  const rows = (await recordsOfParcel(facts.id)).map((row) => parseRecord(row.text));
  const told = facts.view.parcel.facts ?? [];
  const followed = new Set([
    ...rows.filter(({ kind }) => kind === 'segment').map(({ values }) => values?.of),
    ...told.filter(({ kind, gone }) => kind === 'segment' && !gone).map(({ values }) => values?.of),
  ]);
  const own = await ownUnfinished(rows, followed, told);
  const others = await othersUnfinished(facts, new Set(rows.map(({ id }) => id)), followed);
  return [...own, ...others].sort((a, b) => b.startedMs - a.startedMs)[0] ?? null;
}

/**
 * @param {RecordFields[]} rows of this phone
 * @param {ReadonlySet<string | null | undefined>} followed
 * @param {readonly import('../store/snapshot.js').ToldFact[]} told
 * @returns {Promise<UnfinishedTake[]>}
 */
async function ownUnfinished(rows, followed, told) {
  const people = new Map((await workers()).map(({ id, name }) => [id, name]));
  const isCount = (/** @type {{ kind: string, slot?: string | null }} */ { kind, slot }) => kind === 'take' && slot === COUNT_SLOT;
  const finishedAt = Math.max(-1, ...rows.filter((row) => isCount(row) && row.closed === 'complete').map(({ seq }) => seq));
  const wholeElsewhere = Math.max(
    -Infinity,
    ...told.filter((fact) => isCount(fact) && !fact.gone && fact.values.closed === 'complete').map(({ at }) => Date.parse(at)),
  );
  const closed = new Map(rows.filter(({ kind }) => kind === 'take').map((row) => [row.opens, row]));
  const before = new Map(rows.filter(({ kind }) => kind === 'segment').map(({ values }) => [values?.next ?? '', values?.of ?? '']));
  /** @type {UnfinishedTake[]} */
  const found = [];
  for (const row of rows) {
    if (!isCount(row) || row.closed !== 'interrupted' || row.seq < finishedAt || followed.has(row.opens)) continue;
    const serverMs = (/** @type {number} */ ms) => deviceToServer(ms, row.offset)?.ms ?? ms;
    const endedMs = serverMs(row.wall.stop);
    if (wholeElsewhere > endedMs) continue;
    const take = row.opens ?? '';
    const continued = await continuedOf(take);
    const name = people.get(row.worker ?? '') ?? '';
    found.push({
      take,
      name,
      names: [...(continued?.names ?? []), name],
      startedMs: serverMs(row.wall.start),
      endedMs,
      perLine: await wholeCount(take, closed, before),
      label: row.label,
      toldMs: null,
    });
  }
  return found;
}

/**
 * @param {ParcelFacts} facts
 * @param {ReadonlySet<string>} mine
 * @param {ReadonlySet<string | null | undefined>} followed
 * @returns {Promise<UnfinishedTake[]>}
 */
async function othersUnfinished(facts, mine, followed) {
  const toldMs = (await toldOf(facts.id))?.serverMs ?? null;
  return (facts.view.parcel.open_takes ?? [])
    .filter(({ take }) => !mine.has(take) && !followed.has(take))
    .map(({ take, worker, started_at: startedAt, ended_at: endedAt, units, before, label }) => ({
      take,
      name: worker ?? '',
      names: [...(before ?? []), worker].map((name) => name ?? ''),
      startedMs: Date.parse(startedAt),
      endedMs: endedAt ? Date.parse(endedAt) : null,
      perLine: units ? new Map(units) : null,
      label: label ?? null,
      toldMs,
    }));
}

/** Who counted, isolated: a name of another script must not turn the sentence round. @param {readonly string[]} names */
export function whoCounted(names) {
  const known = [...new Set(names.filter(Boolean))];
  return known.length > 0 ? known.map((name) => `\u2068${name}\u2069`).join(', ') : t('count.somebody');
}

/** @param {ReadonlyMap<string, number>} perLine */
export function sumOf(perLine) {
  return [...perLine.values()].reduce((sum, n) => sum + n, 0);
}

/**
 * @param {UnfinishedTake} take
 * @param {{ zone: string, lines: ParcelFacts['lines'] }} shown zone of the site
 * @param {{ onGoOn: () => void, onAnew: () => void }} answers
 */
export function unfinishedCard(take, { zone, lines }, { onGoOn, onAnew }) {
  const { names, startedMs, perLine, label } = take;
  const known = perLine !== null;
  const at = (/** @type {number} */ ms) => formatInstant(ms, zone).slice(5, 16);
  const counted = lines.filter(({ id }) => perLine?.get(id));
  return html`${messageBox({
    kind: 'warn',
    what: t('count.unfinished', { who: whoCounted(names), at: at(startedMs) }),
    safe: soFar(take, at),
    next: t(known ? 'count.unfinished_next' : 'count.unfinished_unknown_next'),
  })}
  ${counted.length > 1 || label
    ? html`<section class="card tight"><ul class="rows">
        ${counted.map((line) => html`<li><span class="grow">${variantOf(line)}</span><span class="amount">${perLine?.get(line.id)}</span></li>`)}
        ${label ? html`<li><span class="grow">${t('phone.parcel_label')}</span><span class="code">${printedCode(label)}</span></li>` : nothing}
      </ul></section>`
    : nothing}
  <button type="button" class="big ${known ? 'main' : ''}" data-go-on @click=${onGoOn}>${t('count.unfinished_go_on')}</button>
  <button type="button" class="big ${known ? '' : 'main'}" data-anew @click=${onAnew}>${t('count.unfinished_anew')}</button>`;
}

/** What is known of it, and until when. @param {UnfinishedTake} take @param {(ms: number) => string} at */
function soFar({ names, endedMs, startedMs, perLine, toldMs }, at) {
  const who = whoCounted(names);
  const units = perLine ? t('count.unfinished_units', { who, n: sumOf(perLine), at: at(endedMs ?? startedMs) }) : t('count.unfinished_unknown');
  return toldMs === null ? units : `${units} ${t('count.unfinished_told', { at: at(toldMs) })}`;
}
