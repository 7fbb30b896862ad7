/** "Not bound yet: which parcel?" — the waybill is scanned or typed, a person confirms, one record is written. */

import { html, nothing } from 'lit';
import { parseLabel, printedCode } from '../core/label.js';
import { signalDone, signalRefused } from '../device/feedback.js';
import { findByScan, parcelView } from '../store/snapshot.js';
import { confirmAsk } from '../ui/dialog.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { bindDraft, sameCode } from './bind_draft.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { refusalWords } from './refusal.js';
import { parcelPath } from './routes.js';
import { ScanScreen, shortened } from './scan.js';

/** @typedef {import('../store/snapshot.js').Found} Found */

export class BindScreen extends ScanScreen {
  constructor() {
    super();
    /** What is to be bound, as it was read. */
    this.text = '';
    /** @private @type {string | null} whose roll a blank label is from; null: anybody's */
    this.owner = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** By the back button, or another tab, it may be bound by now. @private */
  async load() {
    const found = await findByScan(this.text);
    if (found.kind === 'parcel') this.go(parcelPath(found.parcel.id, { voided: found.voided }), { replace: true });
    else if (found.kind === 'blank') this.owner = found.customerCode;
  }

  heading() {
    return t('bind.title');
  }

  hint() {
    return t('bind.hint');
  }

  /** @param {string} text scanned or typed */
  async take(text) {
    // The label itself is still before the camera.
    if (sameCode(text, this.text)) return;
    await super.take(text);
  }

  /** @param {Found} found @param {string} text */
  async found(found, text) {
    if (found.kind === 'blank') return this.refuse(() => ({ what: t('bind.other_blank', { code: printedCode(found.code) }), next: t('bind.hint') }));
    if (found.kind === 'none') return super.found(found, text);
    const parcel = found.others.length > 0 ? await this.chooseParcel([found.parcel, ...found.others], text) : found.parcel.id;
    if (parcel) await this.bindTo(parcel);
  }

  /** Here only a parcel is wanted. */
  offersMore() {
    return false;
  }

  /** @returns {typeof nothing} */
  renderBeside() {
    return nothing;
  }

  /** @private @param {() => { what: string, next: string }} words */
  refuse(words) {
    signalRefused();
    this.refused = words;
    this.requestUpdate();
  }

  /** @private @param {string} id */
  async bindTo(id) {
    const view = await parcelView(id);
    if (!view) return;
    const customer = view.customerCode ?? '';
    if (this.owner !== null && customer && customer !== this.owner) {
      const { owner } = this;
      this.refuse(() => ({ what: t('bind.other_customer', { owner: owner ?? '', customer }), next: t('bind.other_customer_next', { customer }) }));
      return;
    }
    this.refused = null;
    this.requestUpdate();
    if (!(await this.confirmed(view))) return;
    try {
      await keepRecord(bindDraft(this.text, { parcel: id, orders: view.parcel.orders }, nowSpan()));
    } catch (error) {
      this.refuse(() => ({ what: refusalWords(error), next: t('bind.again') }));
      return;
    }
    signalDone();
    this.go(parcelPath(id), { replace: true });
  }

  /** @private @param {import('../store/snapshot.js').ParcelView} view */
  confirmed(view) {
    const waybill = view.parcel.waybills[0];
    return confirmAsk({
      title: t('bind.confirm', { code: this.shown() }),
      body: html`<dl class="facts stacked">
        <dt>${t('phone.parcel_customer')}</dt><dd>${view.customerCode || t('phone.parcel_no_customer')}</dd>
        ${waybill ? html`<dt>${t('phone.parcel_waybill')}</dt><dd class="number">${waybill.number}</dd>` : nothing}
        <dt>${t('phone.parcel_orders')}</dt><dd class="number">${view.orders.map((order) => html`<div>${order.order_no}</div>`)}</dd>
      </dl>`,
      yes: t('bind.yes'),
      no: t('phone.cancel'),
    });
  }

  /** @private */
  shown() {
    const { code } = parseLabel(this.text);
    return code ? printedCode(code) : shortened(this.text);
  }

  renderAbove() {
    const code = this.shown();
    return messageBox({ kind: 'info', what: t('bind.not_bound', { code }), next: t('bind.which') });
  }

  /** Out of the question, back to the scanner: nothing is saved. */
  back() {
    return () => this.go('/scan');
  }
}

customElements.define('dp-bind', BindScreen);
