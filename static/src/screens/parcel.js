/** One parcel: whose it is, what should be in it, whether it has been received; one main button. */

import { html, nothing } from 'lit';
import { printedCode } from '../core/label.js';
import { unlockSound } from '../device/feedback.js';
import { appBar } from '../ui/app_bar.js';
import { recordIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { goodsRow } from './goods.js';
import { loadParcel, receivedText } from './parcel_facts.js';
import { countPath } from './routes.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */

export class ParcelScreen extends View {
  constructor() {
    super();
    this.parcelId = '';
    this.voided = false;
    /** @type {ParcelFacts | null} */
    this.facts = null;
    this.unknown = false;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** @private */
  async load() {
    this.facts = await loadParcel(this.parcelId);
    this.unknown = this.facts === null;
    this.requestUpdate();
  }

  render() {
    const back = () => this.go('/scan');
    const bar = appBar({ title: t('phone.parcel_title'), back, go: (path) => this.go(path) });
    if (this.unknown) {
      return html`${bar}
        <div class="page">${messageBox({ kind: 'warn', what: t('phone.parcel_unknown'), next: t('phone.parcel_unknown_next') })}</div>
        <div class="foot"><button type="button" class="big main" @click=${back}>${t('phone.parcel_to_scanner')}</button></div>`;
    }
    if (!this.facts) return html`${bar}<div class="page">${waiting(t('phone.loading'))}</div>`;
    return html`${bar} ${this.renderFacts(this.facts)}`;
  }

  /** @private @param {ParcelFacts} facts */
  renderFacts(facts) {
    const empty = facts.lines.length === 0;
    return html`<div class="page">
        ${this.voided ? messageBox({ kind: 'warn', what: t('phone.parcel_voided'), next: t('phone.parcel_voided_next') }) : nothing}
        <section class="card">
          <p class="quiet">${t('phone.parcel_customer')}</p>
          <p class="customer">${facts.customerCode || t('phone.parcel_no_customer')}</p>
          <dl class="facts">${this.renderRows(facts)}</dl>
        </section>
        <section class="card tight">
          ${empty
            ? messageBox({ kind: 'warn', what: t('phone.parcel_no_lines'), next: t('phone.parcel_no_lines_next') })
            : html`<ul class="rows">${facts.lines.map((line) => html`<li>${goodsRow(line, facts.pictures.get(line.id))}</li>`)}</ul>`}
        </section>
      </div>
      <div class="foot">
        <button type="button" class="big main shutter" ?disabled=${empty} @click=${() => this.film()}>${recordIcon}${t('phone.parcel_film')}</button>
      </div>`;
  }

  /** @private @param {ParcelFacts} facts */
  renderRows(facts) {
    const { view } = facts;
    const time = receivedText(view);
    const received = !facts.received
      ? t('phone.parcel_not_received')
      : time
        ? time
        : t('phone.parcel_received_here');
    const note = view.source === 'phone' ? html` <span class="quiet">${t('phone.parcel_received_unconfirmed')}</span>` : nothing;
    return html`${facts.label ? html`<dt>${t('phone.parcel_label')}</dt><dd class="code">${printedCode(facts.label)}</dd>` : nothing}
      <dt>${t('phone.parcel_orders')}</dt>
      <dd class="number">${facts.orders.map((order) => html`<div class="order">${order.order_no}</div>`)}</dd>
      ${view.parcel.waybills.length > 0
        ? html`<dt>${t('phone.parcel_waybill')}</dt>
            <dd class="number">${view.parcel.waybills.map((one) => html`<div>${[one.courier, one.number].filter(Boolean).join(' ')}</div>`)}</dd>`
        : nothing}
      <dt>${t('phone.parcel_received')}</dt>
      <dd>${received}${note}</dd>`;
  }

  /** @private */
  film() {
    unlockSound();
    this.go(countPath(this.parcelId));
  }
}

customElements.define('dp-parcel', ParcelScreen);
