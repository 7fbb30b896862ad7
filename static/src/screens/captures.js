/** What lies on this phone: each take, whether the server has it, and what would be lost with the phone. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { captures } from '../sync/captures.js';
import { poke } from '../sync/drain.js';
import { appBar } from '../ui/app_bar.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState, onState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { captureRow, isAtRisk } from './capture_state.js';

/** @typedef {import('../sync/captures.js').Capture} Capture */

export class CapturesScreen extends View {
  constructor() {
    super();
    /** @type {Capture[] | null} */
    this.list = null;
    /** @private @type {() => void} */
    this.unlisten = () => undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.unlisten = onState(() => void this.load());
    void this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
  }

  /** @private */
  async load() {
    this.list = await captures();
    this.requestUpdate();
  }

  render() {
    return html`${appBar({ title: t('sync.title'), back: () => this.go('/scan') })}
      <div class="page">
        ${this.list ? this.renderList(this.list) : waiting(t('phone.loading'))}
      </div>
      <div class="foot">
        <button type="button" class="big" @click=${() => poke()}>${t('sync.send_now')}</button>
      </div>`;
  }

  /** @private @param {Capture[]} list */
  renderList(list) {
    const risky = list.filter(isAtRisk).length;
    const { online } = appState();
    const next = online === false ? t('sync.offline_next') : t('sync.online_next');
    return html`${risky > 0
        ? messageBox({ kind: 'warn', what: t('sync.at_risk', { n: risky }), next })
        : messageBox({ kind: 'info', what: t('sync.all_safe') })}
      ${list.length > 0 ? html`<ul class="card tight rows">${list.map(takeRow)}</ul>` : nothing}`;
  }
}

/** @param {Capture} capture */
function takeRow(capture) {
  const zone = appState().site?.zone ?? 'Asia/Shanghai';
  return html`<li class="take-row">
    <div class="grow">
      <p class="number"><strong>${capture.orderNos.join(', ') || t('sync.no_order')}</strong></p>
      <p class="quiet number">${formatInstant(capture.startedMs, zone)}</p>
      ${captureRow(capture)}
    </div>
  </li>`;
}

customElements.define('dp-captures', CapturesScreen);
