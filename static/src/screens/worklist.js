/** The parcels behind one of the first screen's counters. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { isUrgent } from '../core/urgency.js';
import { worklists } from '../store/worklists.js';
import { appBar } from '../ui/app_bar.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { serverNow } from './counters.js';
import { parcelPath } from './routes.js';

/** @typedef {import('../store/worklists.js').WorkItem} WorkItem */

const HOUR = 3_600_000;

export class WorklistScreen extends View {
  constructor() {
    super();
    /** @type {import('../store/worklists.js').ListName} */
    this.list = 'arrived';
    /** @type {WorkItem[] | null} */
    this.items = null;
    /** @private */
    this.now = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** @private */
  async load() {
    this.now = await serverNow();
    this.items = (await worklists(this.now))?.[this.list] ?? [];
    this.requestUpdate();
  }

  render() {
    return html`${appBar({ title: t(`lists.${this.list}`), back: () => this.go('/scan'), go: (path) => this.go(path) })}
      <div class="page" tabindex="0" role="group" aria-label=${t(`lists.${this.list}`)}>${this.renderItems()}</div>`;
  }

  /** @private */
  renderItems() {
    if (this.items === null) return waiting(t('phone.loading'));
    if (this.items.length === 0) return messageBox({ kind: 'info', what: t('lists.none') });
    return html`<ul class="card tight worklist">${this.items.map((item) => this.renderItem(item))}</ul>`;
  }

  /** @private @param {WorkItem} item */
  renderItem(item) {
    const zone = appState().site?.zone ?? 'Asia/Shanghai';
    return html`<li><button type="button" data-parcel=${item.id} @click=${() => this.go(parcelPath(item.id))}>
      <span class="grow"><strong>${item.customerCode ?? t('phone.parcel_no_customer')}</strong>
        <span class="quiet number">${item.waybill ?? item.orderNos[0] ?? ''}</span></span>
      <span class="when number">${item.toCount ? actBy(item, this.now) : nothing}
        <small class="quiet">${formatInstant(item.arrivedMs, zone).slice(5, 16)}</small></span>
    </button></li>`;
  }
}

/** @param {WorkItem} item @param {number} now */
function actBy({ actByMs }, now) {
  const hours = Math.floor((actByMs - now) / HOUR);
  if (actByMs <= now) return html`<span class="state bad">${t('deadline.missed')}</span>`;
  return html`<span class="state ${isUrgent(actByMs, now) ? 'bad' : 'wait'}">${hours < 1 ? t('lists.under_hour') : t('lists.hours_left', { n: hours })}</span>`;
}

customElements.define('dp-worklist', WorklistScreen);
