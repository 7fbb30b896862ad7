/** One parcel: whose it is, what should be in it, whether it has been received; one main button. */

import { html, nothing } from 'lit';
import { printedCode } from '../core/label.js';
import { asks } from '../core/plan.js';
import { unlockSound } from '../device/feedback.js';
import { appBar } from '../ui/app_bar.js';
import { doneIcon, recordIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { arrivalDraft } from './count_drafts.js';
import { goodsRow } from './goods.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { loadParcel, receivedText, refsOf } from './parcel_facts.js';
import { checksCard, planCard, planOf } from './plan.js';
import { refusalWords } from './refusal.js';
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
    this.writing = false;
    this.problem = '';
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
    return html`<div class="page" tabindex="0" role="group" aria-label=${t('phone.parcel_title')}>
        ${this.voided ? messageBox({ kind: 'warn', what: t('phone.parcel_voided'), next: t('phone.parcel_voided_next') }) : nothing}
        <section class="card">
          <p class="quiet">${t('phone.parcel_customer')}</p>
          <p class="customer">${facts.customerCode || t('phone.parcel_no_customer')}</p>
          <dl class="facts">${this.renderRows(facts)}</dl>
        </section>
        ${this.problem ? messageBox({ what: this.problem, next: t('phone.arrive_again') }) : nothing}
        ${checksCard(facts)} ${planCard(facts)}
        <section class="card tight">
          ${empty
            ? messageBox({ kind: 'warn', what: t('phone.parcel_no_lines'), next: t('phone.parcel_no_lines_next') })
            : html`<ul class="rows">${facts.lines.map((line) => html`<li>${goodsRow(line, facts.pictures.get(line.id))}</li>`)}</ul>`}
        </section>
      </div>
      <div class="foot">${this.renderButtons(facts, empty)}</div>`;
  }

  /**
   * The one thing that the plan asks next. A lighter plan never forbids the film: what looks wrong may be counted.
   * @private @param {ParcelFacts} facts @param {boolean} empty
   */
  renderButtons(facts, empty) {
    const film = () => this.film();
    if (asks(planOf(facts), 'count')) {
      return html`<button type="button" class="big main shutter" ?disabled=${empty} @click=${film}>${recordIcon}${t('phone.parcel_film')}</button>`;
    }
    return html`${facts.received
        ? html`<button type="button" class="big main" @click=${() => this.go('/scan')}>${doneIcon}${t('phone.parcel_to_scanner')}</button>`
        : html`<button type="button" class="big main" ?disabled=${this.writing} @click=${() => void this.arrive(facts)}>${doneIcon}${t('phone.arrive')}</button>`}
      <button type="button" class="big plain shutter-plain" ?disabled=${empty} @click=${film}>${recordIcon}${t('phone.film_anyway')}</button>`;
  }

  /** @private @param {ParcelFacts} facts */
  async arrive(facts) {
    if (this.writing) return;
    this.writing = true;
    this.problem = '';
    this.requestUpdate();
    try {
      await keepRecord(arrivalDraft(refsOf(facts), nowSpan()));
    } catch (error) {
      this.problem = refusalWords(error);
    } finally {
      this.writing = false;
    }
    await this.load();
  }

  /** @private @param {ParcelFacts} facts */
  renderRows(facts) {
    const { view } = facts;
    const time = receivedText(view);
    const received = !facts.received
      ? t(asks(planOf(facts), 'count') ? 'phone.parcel_not_received' : 'phone.parcel_not_received_yet')
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
