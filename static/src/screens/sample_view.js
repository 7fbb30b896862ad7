/** The looks of a sample: which units, what was found, how it stands against the plan. */

import { html, nothing } from 'lit';
import { placeOnMat } from '../core/inspection.js';
import { DEFECT_CLASSES } from '../core/record_kinds.js';
import { cartonOf } from '../core/sampling.js';
import { doneIcon, noIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';

/** @typedef {import('../core/inspection.js').Inspection} Inspection */
/** @typedef {import('../core/sampling.js').SamplingPlan} SamplingPlan */
/** @typedef {import('./sample_work.js').Tranche} Tranche */

/**
 * Where a unit lies: in its inner pack where the goods come in packs, else on the counting mat.
 * @param {number} unit
 * @param {import('../store/snapshot.js').Line} line
 * @param {number} lot
 */
export function placeText(unit, { pack_factor: size }, lot) {
  if (!size || size < 2) return t('sample.place', placeOnMat(unit));
  return t('sample.place_carton', cartonOf(unit, Array.from({ length: Math.ceil(lot / size) }, () => size)));
}

/** @param {SamplingPlan} plan @param {number} n units to inspect */
export function planFacts(plan, n) {
  const major = plan.limits.find((limit) => limit.defect_class === 'major');
  return html`<dl class="facts">
    <dt>${t('sample.lot')}</dt><dd class="number" data-lot>${plan.lot}</dd>
    <dt>${t('sample.n')}</dt><dd class="number" data-n>${n}${n === plan.lot ? html` <span class="quiet">${t('sample.every_unit')}</span>` : nothing}</dd>
    <dt>${t('sample.floor')}</dt><dd class="number">${plan.n_floor}</dd>
    <dt>${t('sample.target')}</dt><dd class="number">${plan.n_target}</dd>
    ${plan.kind === 'aql' && major
      ? html`<dt>${t('sample.plan')}</dt>
          <dd class="number">${t('sample.plan_aql', { level: plan.level ?? '', aql: major.aql ?? '', letter: plan.letter ?? '' })}</dd>`
      : nothing}
  </dl>`;
}

/** Every unit of the sample with its state; a press on one that was looked at goes back to it. @param {Tranche & { inspection: Inspection }} tranche @param {(unit: number) => void} onUnit */
export function unitChips({ inspection: { units, found, next }, aside }, onUnit) {
  const state = (/** @type {number} */ unit) => {
    const classes = found.get(unit);
    if (!classes) return unit === next ? 'next' : 'open';
    return classes.length > 0 ? 'bad' : 'ok';
  };
  return html`<ol class="units-drawn" aria-label=${t('sample.units')}>
    ${units.map((unit) => {
      const now = state(unit);
      return html`<li><button type="button" class="unit-chip ${now}" data-unit=${unit} data-state=${now} @click=${() => onUnit(unit)}>
        ${now === 'ok' ? doneIcon : now === 'bad' ? noIcon : nothing}<span class="number">${unit}</span>
        ${aside.has(unit) && now !== 'ok' && now !== 'bad' ? html`<small>${t('sample.aside')}</small>` : nothing}
        <span class="visually-hidden">${t(`sample.unit_${now}`)}</span>
      </button></li>`;
    })}
  </ol>`;
}

/** Defective units by class, against Ac and Re where the plan has them. @param {Inspection} inspection */
export function standing({ plan, judgement }) {
  return html`<table class="standing">
    <thead><tr><td></td><th scope="col">${t('sample.found')}</th>
      ${plan.kind === 'aql' ? html`<th scope="col">Ac</th><th scope="col">Re</th>` : nothing}</tr></thead>
    <tbody>
      ${DEFECT_CLASSES.map((name, i) => {
        const judged = judgement.classes.find(({ limit }) => limit.defect_class === name);
        const found = judged ? judged.defective : judgement.defective[i] ?? 0;
        const over = judged?.result === 'reject' || (name === 'critical' && found > 0);
        return html`<tr class=${over ? 'exceeded' : ''} data-class=${name}>
          <th scope="row">${t(`defect_class.${name}`)}</th>
          <td class="number">${found}${judged && judged.beyond > 0 ? html` <small>+${judged.beyond}</small>` : nothing}</td>
          ${plan.kind === 'aql' ? html`<td class="number">${judged?.limit.ac ?? '–'}</td><td class="number">${judged?.limit.re ?? '–'}</td>` : nothing}
        </tr>`;
      })}
    </tbody>
  </table>
  <p class="quiet small-line">${t('sample.inspected_of', { n: judgement.inspected, of: plan.lot })}${judgement.extra > 0
    ? html` · ${t('sample.extra', { n: judgement.extra })}`
    : nothing}</p>`;
}

/** What is said before somebody ends a sample early. @param {Inspection} inspection @returns {string} empty: nothing is missing */
export function missingText({ units, found, plan, judgement }) {
  const open = units.filter((unit) => !found.has(unit)).length;
  if (open === 0) return '';
  if (judgement.inspected < plan.n_floor) return t('sample.missing_floor', { n: open, floor: plan.n_floor });
  return t('sample.missing', { n: open });
}
