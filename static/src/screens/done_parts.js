/** What the end of a count says beside the units: estimates apart, what broke in, whose count it went on with, stills. */

import { html, nothing } from 'lit';
import { parseEvents } from '../core/events.js';
import { interruptionsOf } from '../core/interruptions.js';
import { deviceToServer } from '../core/receipt_time.js';
import { parseRecord } from '../core/record.js';
import { continuedOf } from '../store/continued.js';
import { closingRecord, recordsOfParcel } from '../store/journal.js';
import { elapsedText } from '../device/overlay.js';
import { t } from '../ui/words.js';
import { estimateText } from './count_estimate.js';
import { sumOf, whoCounted } from './count_resume.js';
import { interruptionText } from './interruption_words.js';

/** @typedef {import('../core/estimates.js').Estimate} Estimate */
/**
 * @typedef {object} TakeStory
 * @property {import('../core/record.js').RecordFields | null} record null: the take is not closed yet
 * @property {(Estimate & { line: string })[]} estimates those that stand
 * @property {import('../core/interruptions.js').Interruption[]} interruptions
 * @property {import('../store/continued.js').Continued | null} from whose count it goes on with
 * @property {number} stills
 * @property {boolean} recounted
 */

/**
 * @param {import('./parcel_facts.js').ParcelFacts | null} facts
 * @param {string} takeId
 * @returns {Promise<TakeStory>}
 */
export async function takeStory(facts, takeId) {
  const row = await closingRecord(takeId);
  const text = row?.side.find(({ name }) => name === 'events.txt')?.text;
  const events = text ? parseEvents(text) : [];
  return {
    record: row ? parseRecord(row.text) : null,
    estimates: facts ? await estimatesOf(facts.id, takeId) : [],
    interruptions: interruptionsOf(events),
    from: await continuedOf(takeId),
    stills: events.filter(({ type }) => type === 'still').length,
    recounted: events.some((event) => event.type === 'mark' && event.name === 'recount'),
  };
}

/** @param {string} parcelId @param {string} takeId @returns {Promise<(Estimate & { line: string })[]>} */
async function estimatesOf(parcelId, takeId) {
  const rows = (await recordsOfParcel(parcelId)).map((row) => parseRecord(row.text));
  const gone = new Set(rows.map(({ supersedes }) => supersedes));
  return rows
    .filter(({ id, kind, values }) => kind === 'estimate' && values?.take === takeId && !gone.has(id))
    .map(({ values = {} }) => ({
      line: values.line ?? '',
      method: values.method === 'pack' ? 'pack' : 'weight',
      units: Number(values.units),
      packs: values.packs ? Number(values.packs) : null,
      grams: values.grams ? Number(values.grams) : null,
    }));
}

/** @param {TakeStory} story @param {string} line @returns {unknown} what stands below a line's units */
export function estimatesOfLine({ estimates }, line) {
  return estimates.filter((one) => one.line === line).map((one) => html`<small class="estimate">${estimateText(one)}</small>`);
}

/** What China counted of a line of this parcel: told only when the own count is done. @param {import('./parcel_facts.js').ParcelFacts | null} facts @param {string} line */
export function chinaCount(facts, line) {
  const told = facts?.lines.find(({ id }) => id === line)?.china?.find(([parcel]) => parcel === facts.id);
  return told ? html`<small class="china-count" data-china=${told[1]}>${t('take.china_counted', { n: told[1] })}</small>` : nothing;
}

/**
 * Whose count it goes on with, and what nobody filmed in between.
 * @param {import('../store/continued.js').Continued} from
 * @param {import('../core/record.js').RecordFields | null} record
 * @returns {string[]}
 */
function continuedTexts({ names, units, endedMs, recounted }, record) {
  const who = whoCounted(names);
  const part = names.length + 1;
  const said = units
    ? t(recounted ? 'take.continued_anew' : 'take.continued_units', { who, part, n: sumOf(new Map(units)) })
    : t('take.continued_unknown', { who, part });
  const gapMs = record && endedMs !== null ? Math.max(0, (deviceToServer(record.wall.start, record.offset)?.ms ?? record.wall.start) - endedMs) : null;
  return gapMs === null ? [said] : [said, t('take.continued_gap', { gap: elapsedText(gapMs) })];
}

/** @param {TakeStory} story */
export function storyCard({ record, interruptions, from, stills, recounted }) {
  if (interruptions.length === 0 && !from && stills === 0 && !recounted) return nothing;
  return html`<section class="card story">
    <ul>
      ${from ? continuedTexts(from, record).map((text) => html`<li data-story="from">${text}</li>`) : nothing}
      ${recounted ? html`<li data-story="recount">${t('take.recounted')}</li>` : nothing}
      ${stills > 0 ? html`<li data-story="stills">${t('take.stills', { n: stills })}</li>` : nothing}
      ${interruptions.map((one) => html`<li data-story="break">${interruptionText(one)}</li>`)}
    </ul>
  </section>`;
}
