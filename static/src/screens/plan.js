/** What the importer asks of this parcel: the steps, and checks as phrases in the reader's language. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { deepestPlan, leftOut } from '../core/plan.js';
import { t } from '../ui/words.js';
import { variantOf } from './goods.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */

/** @param {ParcelFacts} facts @returns {import('../core/plan.js').Plan} */
export function planOf(facts) {
  return deepestPlan(facts.orders.map((order) => order.plan));
}

/**
 * The steps that are asked; what was left out stands there as "not asked", with the name of who decided it.
 * @param {ParcelFacts} facts
 */
export function planCard(facts) {
  const plan = planOf(facts);
  const out = leftOut(plan);
  return html`<section class="card plan-card">
    <h2>${t('phone.plan_asked')}</h2>
    <ul class="chips">
      ${plan.asked.map((step) => html`<li class="chip">${t(`plan.step_${step}`)}</li>`)}
    </ul>
    ${out.length > 0
      ? html`<p class="not-asked">
          ${t('phone.plan_not_asked', { steps: out.map((step) => t(`plan.step_${step}`)).join(' · ') })}
          <span class="quiet">${decided(plan, facts.view.receivedZone)}</span>
        </p>`
      : nothing}
  </section>`;
}

/** @param {import('../core/plan.js').Plan} plan @param {string} zone */
function decided(plan, zone) {
  const at = plan.decided_at === null ? NaN : Date.parse(plan.decided_at);
  const on = Number.isNaN(at) ? t('app.not_known') : formatInstant(at, zone).slice(0, 10);
  return t('plan.decided', { who: `\u2068${plan.decided_by ?? ''}\u2069`, on });
}

/**
 * Phrases, free text, and the buyer's remark as it stands on the order. What is not in the reader's language says so.
 * @param {ParcelFacts} facts
 */
export function checksCard(facts) {
  const chips = checkChips(facts);
  if (chips.length === 0) return nothing;
  return html`<section class="card checks-card">
    <h2>${t('phone.checks')}</h2>
    <ul class="chips">
      ${chips.map((chip) => html`<li>${chip}</li>`)}
    </ul>
  </section>`;
}

/** @param {ParcelFacts} facts */
export function checkChips(facts) {
  const checks = facts.orders.flatMap((order) => order.checks ?? []);
  const remarks = facts.orders.map((order) => order.remark ?? '').filter((remark) => remark.trim() !== '');
  return [
    ...checks.map((check) => checkChip(check, facts)),
    ...remarks.map((remark) => untranslated(remark, t('order.remark'))),
  ];
}

/** @param {import('../store/snapshot.js').Check} check @param {ParcelFacts} facts */
function checkChip(check, facts) {
  const line = facts.lines.find((one) => one.id === check.line);
  const whose = line ? variantOf(line) : '';
  if (check.phrase === null) return untranslated(check.text, whose);
  return html`<span class="chip phrase" data-phrase=${check.phrase}
    >${t(`phrase.${check.phrase}`)}${whose ? html` <small><bdi>${whose}</bdi></small>` : nothing}</span
  >`;
}

/** @param {string} text @param {string} about */
function untranslated(text, about) {
  return html`<span class="chip free"
    >${about ? html`<small><bdi>${about}</bdi></small> ` : nothing}<bdi>${text}</bdi>
    <small class="mark">${t('checks.untranslated')}</small></span
  >`;
}
