/** What a parcel is: whose, under which numbers, with which goods; below the one thing that is to be done. */

import { html, nothing } from 'lit';
import { printedCode } from '../core/label.js';
import { formatInstant } from '../core/deadlines.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { t } from '../ui/words.js';
import { sumOf, whoCounted } from './count_resume.js';
import { goodsRow } from './goods.js';
import { receivedText } from './parcel_facts.js';
import { latest } from './parcel_flow.js';
import { stepsList } from './recorded.js';

/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */

/** @param {ParcelWork} work */
export function headOf({ parcel, progress, facts }) {
  const waybill = parcel.view.parcel.waybills[0];
  const number = waybill?.number ?? (parcel.label ? printedCode(parcel.label) : '');
  // What goes back with the courier has no next step.
  const refused = latest(facts, 'delivery')?.values.outcome === 'refused';
  return html`<section class="parcel-head">
    <div class="parcel-whose">
      <p class="customer">${parcel.customerCode || t('phone.parcel_no_customer')}</p>
      <p class="quiet number">${number}</p>
    </div>
    ${stepsList(refused ? { ...progress, next: null } : progress, appState().worker?.name ?? null)}
  </section>`;
}

/** @param {ParcelWork} work */
export function numbersCard({ parcel, arrived, arrivedMs, handedOverMs }) {
  const { view } = parcel;
  return html`<section class="card numbers">
    <dl class="facts">
      ${parcel.label ? html`<dt>${t('phone.parcel_label')}</dt><dd class="code">${printedCode(parcel.label)}</dd>` : nothing}
      <dt>${t('phone.parcel_orders')}</dt>
      <dd class="number">${parcel.orders.map((order) => html`<div class="order">${order.order_no}</div>`)}</dd>
      ${view.parcel.waybills.length > 0
        ? html`<dt>${t('phone.parcel_waybill')}</dt>
            <dd class="number">${view.parcel.waybills.map((one) => html`<div>${[one.courier, one.number].filter(Boolean).join(' ')}</div>`)}</dd>`
        : nothing}
      <dt>${t('phone.parcel_received')}</dt>
      <dd>${arrivedText(arrived, arrivedMs, parcel)}</dd>
      ${handedOverMs === null
        ? nothing
        : html`<dt>${t('phone.parcel_handed_over')}</dt><dd data-handed-over>${formatInstant(handedOverMs, appState().site?.zone ?? view.receivedZone)}</dd>`}
    </dl>
  </section>`;
}

/** @param {boolean} arrived @param {number | null} arrivedMs @param {import('./parcel_facts.js').ParcelFacts} parcel */
function arrivedText(arrived, arrivedMs, { view }) {
  if (!arrived) return t('phone.parcel_not_received_yet');
  const zone = appState().site?.zone ?? view.receivedZone;
  const note = view.source === 'phone' ? html` <span class="quiet">${t('phone.parcel_received_unconfirmed')}</span>` : nothing;
  const time = view.source === 'phone' ? receivedText(view) : arrivedMs === null ? receivedText(view) : formatInstant(arrivedMs, zone);
  return html`${time ?? t('phone.parcel_received_here')}${note}`;
}

/** @param {ParcelWork} work */
export function goodsCard({ parcel }) {
  return html`<section class="card tight">
    ${parcel.lines.length === 0
      ? messageBox({ kind: 'warn', what: t('phone.parcel_no_lines'), next: t('phone.parcel_no_lines_next') })
      : html`<ul class="rows">${parcel.lines.map((line) => html`<li>${goodsRow(line, parcel.pictures.get(line.id))}</li>`)}</ul>`}
  </section>`;
}

/** Somebody films it now, or was cut off. @param {ParcelWork} work */
export function openTakesCard({ openTakes }) {
  const zone = appState().site?.zone ?? 'Asia/Shanghai';
  const at = (/** @type {string} */ iso) => formatInstant(Date.parse(iso), zone).slice(5, 16);
  return openTakes.map(({ worker, started_at: started, ended_at: ended, units, before = [] }) => {
    const who = whoCounted([...before, worker].map((name) => name ?? ''));
    const n = units ? sumOf(new Map(units)) : null;
    return messageBox({
      kind: 'info',
      what:
        n === null
          ? t('receive.others_take', { who, at: at(started) })
          : t('receive.others_counted', { who, n, at: at(ended ?? started) }),
      next: t(n === null ? 'receive.others_take_next' : 'receive.others_counted_next'),
    });
  });
}
