/** Unopened packs and the scale: asked for in a sheet of their own, shown apart from the units. */

import { html, nothing } from 'lit';
import { byPack, byWeight, wholeNumber } from '../core/estimates.js';
import { signalRefused } from '../device/feedback.js';
import { ask } from '../ui/dialog.js';
import { t } from '../ui/words.js';
import { variantOf } from './goods.js';

/** @typedef {import('../core/estimates.js').Estimate} Estimate */
/** @typedef {import('../store/snapshot.js').Line} Line */

/** @param {Estimate} estimate */
export function estimateText({ method, units, packs, grams }) {
  if (method === 'pack') return t('count.by_pack', { packs: packs ?? 0, size: units / (packs || 1), units });
  return t('count.by_weight', { grams: grams ?? 0, units });
}

/**
 * @param {Line} line
 * @param {'pack' | 'weight'} method `weight` only where the weight of one unit is known
 * @returns {Promise<Estimate | null>} null: the person gave up
 */
export async function askEstimate(line, method) {
  const typed = { first: '', size: line.pack_factor ? String(line.pack_factor) : '' };
  for (let wrong = false; ; wrong = true) {
    const answer = await ask({
      title: t(method === 'pack' ? 'count.pack_title' : 'count.weight_title', { line: variantOf(line) }),
      body: method === 'pack' ? packForm(typed, wrong) : weightForm(typed, line.unit_weight_mg ?? 1, wrong),
      choices: [
        { value: 'keep', label: t('count.estimate_keep'), look: 'main' },
        { value: 'no', label: t('phone.cancel') },
      ],
    });
    if (answer !== 'keep') return null;
    const estimate = method === 'pack' ? readPacks(typed) : readWeight(typed, line.unit_weight_mg ?? 1);
    if (estimate) return estimate;
    signalRefused();
  }
}

/** @typedef {{ first: string, size: string }} Typed */

/** @param {Typed} typed @returns {Estimate | null} */
function readPacks({ first, size }) {
  const [packs, each] = [wholeNumber(first), wholeNumber(size)];
  return packs && each ? byPack(packs, each) : null;
}

/** @param {Typed} typed @param {number} unitWeightMg @returns {Estimate | null} */
function readWeight({ first }, unitWeightMg) {
  const grams = wholeNumber(first);
  return grams ? byWeight(grams, unitWeightMg) : null;
}

/** @param {Typed} typed @param {boolean} wrong */
function packForm(typed, wrong) {
  const read = () => readPacks(typed);
  return html`${numberField('estimate-packs', t('count.pack_packs'), typed, 'first', read)}
    ${numberField('estimate-size', t('count.pack_size'), typed, 'size', read)} ${outcome(read(), wrong)}`;
}

/** @param {Typed} typed @param {number} unitWeightMg @param {boolean} wrong */
function weightForm(typed, unitWeightMg, wrong) {
  const read = () => readWeight(typed, unitWeightMg);
  return html`${numberField('estimate-grams', t('count.weight_grams'), typed, 'first', read)}
    <p class="quiet number">${t('count.weight_one', { g: gramsText(unitWeightMg) })}</p>
    ${outcome(read(), wrong)}`;
}

/** Exact: `250`, `0.35`. @param {number} mg */
function gramsText(mg) {
  const part = mg % 1000 === 0 ? '' : `.${String(mg % 1000).padStart(3, '0')}`.replace(/0+$/, '');
  return `${Math.floor(mg / 1000)}${part}`;
}

/** @param {Estimate | null} estimate @param {boolean} wrong */
function outcome(estimate, wrong) {
  return html`<output class="estimate-outcome">${estimate ? estimateText(estimate) : ''}</output>
    ${wrong ? html`<p class="field"><span class="error" role="alert">${t('count.estimate_wrong')}</span></p>` : nothing}`;
}

/** @param {string} id @param {string} label @param {Typed} typed @param {keyof Typed} name @param {() => Estimate | null} read */
function numberField(id, label, typed, name, read) {
  const changed = (/** @type {InputEvent} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    typed[name] = input.value;
    const shown = input.closest('.sheet-body')?.querySelector('output');
    const estimate = read();
    if (shown) shown.textContent = estimate ? estimateText(estimate) : '';
  };
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} inputmode="numeric" autocomplete="off" maxlength="8" .value=${typed[name]} @input=${changed} />
  </div>`;
}
