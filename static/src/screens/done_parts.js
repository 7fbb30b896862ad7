/** What the end of a count says beside the units: estimates apart, what broke in, whose count it went on with, stills. */

import { html, nothing } from 'lit';
import { parseEvents } from '../core/events.js';
import { interruptionsOf } from '../core/interruptions.js';
import { parseRecord } from '../core/record.js';
import { closingRecord, recordsOfParcel } from '../store/journal.js';
import { t } from '../ui/words.js';
import { estimateText } from './count_estimate.js';
import { continuedFrom } from './count_resume.js';
import { interruptionText } from './interruption_words.js';

/** @typedef {import('../core/estimates.js').Estimate} Estimate */
/**
 * @typedef {object} TakeStory
 * @property {import('../core/record.js').RecordFields | null} record null: the take is not closed yet
 * @property {(Estimate & { line: string })[]} estimates those that stand
 * @property {import('../core/interruptions.js').Interruption[]} interruptions
 * @property {{ take: string, name: string } | null} from
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
    from: facts ? await continuedFrom(facts, takeId) : null,
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

/** @param {TakeStory} story */
export function storyCard({ interruptions, from, stills, recounted }) {
  if (interruptions.length === 0 && !from && stills === 0 && !recounted) return nothing;
  const name = from?.name ? `\u2068${from.name}\u2069` : t('count.somebody');
  return html`<section class="card story">
    <ul>
      ${from ? html`<li data-story="from">${t('take.continued_from', { name })}</li>` : nothing}
      ${recounted ? html`<li data-story="recount">${t('take.recounted')}</li>` : nothing}
      ${stills > 0 ? html`<li data-story="stills">${t('take.stills', { n: stills })}</li>` : nothing}
      ${interruptions.map((one) => html`<li data-story="break">${interruptionText(one)}</li>`)}
    </ul>
  </section>`;
}
