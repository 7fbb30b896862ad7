/** Before anybody signs (S2-09, S2-10): is the courier here, and is the parcel accepted? Sends `delivery`. */

import { html } from 'lit';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';

/** What is noted on the receipt, or why it is refused. */
const REASONS = Object.freeze(['damaged-outside', 'wet', 'opened-before', 'wrong-parcel', 'parcels-missing']);

export class DeliveryChoice extends View {
  static properties = { disabled: { attribute: false } };

  constructor() {
    super();
    this.disabled = false;
    /** @private @type {'courier' | 'outcome' | 'annotated' | 'refused'} */
    this.asking = 'courier';
  }

  /** @private @param {DeliveryChoice['asking']} asking */
  ask(asking) {
    this.asking = asking;
    this.requestUpdate();
  }

  /** @private @param {'present' | 'absent'} courier @param {string} outcome @param {string | null} reason */
  say(courier, outcome, reason) {
    this.dispatchEvent(new CustomEvent('delivery', { detail: { courier, outcome, reason } }));
  }

  render() {
    if (this.asking === 'courier') return this.renderCourier();
    if (this.asking === 'outcome') return this.renderOutcome();
    return this.renderReasons(this.asking);
  }

  /** @private */
  renderCourier() {
    return html`<p class="panel-question">${t('delivery.courier_question')}</p>
      <button type="button" class="big main" data-courier="present" ?disabled=${this.disabled}
        @click=${() => this.ask('outcome')}>${t('delivery.courier_present')}</button>
      <button type="button" class="big plain" data-courier="absent" ?disabled=${this.disabled}
        @click=${() => this.say('absent', 'accepted', null)}>${t('delivery.courier_absent')}</button>`;
  }

  /** @private */
  renderOutcome() {
    return html`<p class="panel-question">${t('delivery.outcome_question')}</p>
      <button type="button" class="big main" data-outcome="accepted" ?disabled=${this.disabled}
        @click=${() => this.say('present', 'accepted', null)}>${t('delivery.accept')}</button>
      <button type="button" class="big plain" data-outcome="annotated" ?disabled=${this.disabled}
        @click=${() => this.ask('annotated')}>${t('delivery.annotate')}</button>
      <button type="button" class="big plain warned" data-outcome="refused" ?disabled=${this.disabled}
        @click=${() => this.ask('refused')}>${t('delivery.refuse')}</button>`;
  }

  /** @private @param {'annotated' | 'refused'} outcome */
  renderReasons(outcome) {
    return html`<p class="panel-question">${t(outcome === 'refused' ? 'delivery.why_refused' : 'delivery.why_annotated')}</p>
      <div class="options">
        ${REASONS.map(
          (reason) => html`<button type="button" class="option" data-reason=${reason} ?disabled=${this.disabled}
            @click=${() => this.say('present', outcome, reason)}>${t(`delivery_reason.${reason}`)}</button>`,
        )}
        <button type="button" class="option soft" @click=${() => this.ask('outcome')}>${t('phone.back')}</button>
      </div>`;
  }
}

customElements.define('dp-delivery', DeliveryChoice);
