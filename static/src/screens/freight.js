/** Hand-over to international freight: the parcels that go are scanned, then a form says to whom, when and under which seals. */

import { html, nothing } from 'lit';
import { signalAgain, signalRefused } from '../device/feedback.js';
import { appBar } from '../ui/app_bar.js';
import { noIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';
import { FreightDetails } from './freight_details.js';
import { FreightSession } from './freight_session.js';
import { GateScreen } from './gate_in.js';
import { shortened } from './scan.js';

export class FreightScreen extends GateScreen {
  constructor() {
    super();
    /** @type {FreightSession} */
    this.session = new FreightSession();
  }

  /** @param {string} text scanned or typed; on the form it can only be a seal */
  async take(text) {
    if (this.phase !== 'scanning') return this.seal(text);
    if (!this.session.full) return super.take(text);
    signalRefused();
    this.last = null;
    this.problem = t('freight.full', { n: this.session.kept.scans.length });
    this.requestUpdate();
  }

  /** @private @param {string} text */
  async seal(text) {
    const taken = await this.session.addSeal(text);
    if (taken) signalAgain();
    else signalRefused();
    this.problem = taken ? '' : t('freight.seal_refused');
    this.last = null;
    this.requestUpdate();
  }

  /** @private @param {string} text */
  async forget(text) {
    await this.session.forget(text);
    this.last = null;
    this.requestUpdate();
  }

  heading() {
    return t('freight.title');
  }

  hint() {
    return t('freight.hint');
  }

  /** @protected @param {string} at */
  beforeWords(at) {
    return t('freight.before', { at });
  }

  /** @protected */
  listName() {
    return t('freight.list');
  }

  /** @protected */
  finish() {
    this.problem = '';
    if (this.session.kept.scans.length > 0) return super.finish();
    signalRefused();
    this.problem = t('freight.none_scanned');
    this.requestUpdate();
  }

  /** @protected */
  renderUnknown() {
    const { unknown, seals } = this.session.kept;
    return html`${seals.length > 0
      ? html`<p class="freight-seals"><b>${t('freight.seals')}</b> <span class="code">${seals.join(' · ')}</span></p>`
      : nothing}
    ${unknown.length === 0
      ? nothing
      : html`<section class="card gate-unknown freight-unknown">
          <h2>${t('freight.unknown_title')}</h2>
          <ul>
            ${unknown.map(
              ({ text }) => html`<li><span class="grow code">${shortened(text)}</span>
                <button type="button" class="option" data-seal @click=${() => void this.seal(text)}>${t('freight.is_seal')}</button>
                <button type="button" class="option soft" data-forget aria-label=${t('freight.forget', { code: shortened(text) })}
                  @click=${() => void this.forget(text)}>${noIcon}</button></li>`,
            )}
          </ul>
        </section>`}`;
  }

  /** @protected */
  renderSlip() {
    const goOn = () => {
      this.phase = 'scanning';
      this.problem = '';
      this.requestUpdate();
    };
    return html`${appBar({ title: this.heading(), back: goOn, go: (path) => this.go(path) })}
      <dp-freight-details .session=${this.session} .problem=${this.problem}
        @leave=${() => this.go('/scan')} @again=${() => this.startAgain()}></dp-freight-details>`;
  }

  /** What was handed over was taken back: the next one is scanned from the beginning. @private */
  startAgain() {
    this.session = new FreightSession();
    this.last = null;
    this.phase = 'scanning';
    void this.session.load().then(() => this.requestUpdate());
    this.requestUpdate();
  }
}

void FreightDetails;
customElements.define('dp-freight', FreightScreen);
