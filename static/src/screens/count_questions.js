/** The questions of a count: how many a tap adds, whether it is finished, whether a count that differs is made again. */

import { html, nothing } from 'lit';
import { countDiffers } from '../core/count_check.js';
import { ask, confirmAsk } from '../ui/dialog.js';
import { t } from '../ui/words.js';
import { estimateText } from './count_estimate.js';
import { variantOf } from './goods.js';

/** @typedef {import('../store/snapshot.js').Line} Line */
/** @typedef {import('./count_tally.js').KeptEstimate} KeptEstimate */
/** How much a tap adds: units, or one inner pack of the line. @typedef {1 | 5 | 10 | 'pack'} TapStep */

/** @param {TapStep} step @param {Line} line @returns {number} units of one tap */
export function unitsOf(step, line) {
  return step === 'pack' ? line.pack_factor ?? 1 : step;
}

/**
 * @param {readonly Line[]} lines those that it may be about: one after a long press
 * @param {TapStep} now
 * @returns {Promise<TapStep | 'by_pack' | 'by_weight' | null>}
 */
export async function askStep(lines, now) {
  const sizes = [...new Set(lines.map((line) => line.pack_factor ?? 0))].filter((size) => size > 1);
  const one = lines.length === 1 ? lines[0] : null;
  const steps = /** @type {const} */ ([1, 5, 10]).map((n) => ({ value: String(n), label: `+${n}` }));
  const pack = { value: 'pack', label: t('count.add_inner', { n: sizes.join(' / ') }) };
  const weight = { value: 'by_weight', label: t('count.add_weight') };
  const answer = await ask({
    title: one ? t('count.add_to', { line: variantOf(one) }) : t('count.add_title'),
    choices: [
      ...[...steps, ...(sizes.length > 0 ? [pack] : [])].map((choice) => ({
        ...choice,
        look: choice.value === String(now) ? /** @type {const} */ ('main') : /** @type {const} */ ('plain'),
      })),
      { value: 'by_pack', label: t('count.add_packs') },
      ...(lines.some((line) => line.unit_weight_mg) ? [weight] : []),
    ],
    focus: String(now),
  });
  if (answer === 'pack' || answer === 'by_pack' || answer === 'by_weight') return answer;
  return answer === '5' ? 5 : answer === '10' ? 10 : answer === '1' ? 1 : null;
}

/** @param {readonly Line[]} lines @returns {Promise<Line | null>} */
export async function askLine(lines) {
  if (lines.length === 1) return lines[0] ?? null;
  const answer = await ask({
    title: t('count.which_line'),
    choices: lines.map((line) => ({ value: line.id, label: variantOf(line) })),
  });
  return lines.find((line) => line.id === answer) ?? null;
}

/**
 * Lines of which it can be said that the count is not what was ordered; never by how much, or in which direction.
 * @param {readonly Line[]} lines
 * @param {string} parcelId
 * @param {ReadonlyMap<string, number>} perLine of the whole count, with what it goes on from
 * @param {readonly KeptEstimate[]} estimates a line with one has no unit count
 * @returns {Line[]}
 */
export function differingLines(lines, parcelId, perLine, estimates) {
  return lines.filter(
    (line) => !estimates.some((one) => one.line === line.id) && countDiffers(line, parcelId, perLine.get(line.id) ?? 0) === true,
  );
}

/** @param {readonly Line[]} lines @returns {Promise<'recount' | 'keep' | null>} */
export async function askRecount(lines) {
  const answer = await ask({
    title: t('count.differs_title'),
    body: html`<ul class="rows differs">${lines.map((line) => html`<li>${variantOf(line)}</li>`)}</ul>
      <p>${t('count.differs_body')}</p>`,
    choices: [
      { value: 'recount', label: t('count.differs_recount'), look: 'main' },
      { value: 'keep', label: t('count.differs_keep') },
    ],
    focus: 'recount',
  });
  return answer === 'recount' || answer === 'keep' ? answer : null;
}

/**
 * @param {readonly Line[]} lines
 * @param {ReadonlyMap<string, number>} perLine
 * @param {readonly KeptEstimate[]} estimates
 * @returns {Promise<boolean>}
 */
export function askFinish(lines, perLine, estimates) {
  const total = [...perLine.values()].reduce((sum, n) => sum + n, 0);
  const guessed = estimates.length > 0;
  const rows = html`<ul class="rows">
    ${lines.map(
      (line) => html`<li>
        <span class="grow">${variantOf(line)}${estimates
          .filter((one) => one.line === line.id)
          .map((one) => html`<small class="estimate">${estimateText(one)}</small>`)}</span>
        <span class="amount">${perLine.get(line.id) ?? 0}</span>
      </li>`,
    )}
  </ul>`;
  const empty = total === 0 && !guessed;
  return confirmAsk({
    title: total > 0 ? t('count.finish_title', { n: total }) : t('count.finish_zero_title'),
    body: empty ? html`<p>${t('count.finish_zero')}</p>` : rows,
    yes: empty ? t('count.finish_zero_yes') : t('count.finish_yes'),
    no: t('count.go_on'),
    danger: empty,
  });
}

/** @param {readonly KeptEstimate[]} estimates @param {(id: string) => void} onRemove */
export function estimateList(estimates, onRemove) {
  if (estimates.length === 0) return nothing;
  return html`<ul class="estimates">
    ${estimates.map(
      (one) => html`<li>
        <span class="estimate">${estimateText(one)}</span>
        <button type="button" class="link" @click=${() => onRemove(one.id)}>${t('count.estimate_remove')}</button>
      </li>`,
    )}
  </ul>`;
}
