/** The closed parcel as it came (EV-04): one tap when nothing is wrong. Sends `condition` with {outer, tape}. */

import { html } from 'lit';
import { OUTER, TAPE } from '../core/record_kinds.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';

export class ConditionChoice extends View {
  static properties = { disabled: { attribute: false } };

  constructor() {
    super();
    this.disabled = false;
    /** @private whether damage is being told */
    this.damaged = false;
    /** @private @type {string} */
    this.tape = 'intact';
  }

  /** @private @param {string} outer @param {string} tape */
  choose(outer, tape) {
    this.dispatchEvent(new CustomEvent('condition', { detail: { outer, tape } }));
  }

  /** @private @param {boolean} open */
  tell(open) {
    this.damaged = open;
    this.requestUpdate();
  }

  render() {
    return this.damaged ? this.renderDamage() : this.renderWhole();
  }

  /** @private */
  renderWhole() {
    return html`<button type="button" class="big main" data-condition="intact" ?disabled=${this.disabled}
        @click=${() => this.choose('intact', 'intact')}>${t('condition.all_intact')}</button>
      <div class="pair">
        <button type="button" class="big plain" data-condition="no-tape" ?disabled=${this.disabled}
          @click=${() => this.choose('intact', 'none')}>${t('condition.no_tape')}</button>
        <button type="button" class="big plain warned" data-condition="damaged" ?disabled=${this.disabled}
          @click=${() => this.tell(true)}>${t('condition.damaged')}</button>
      </div>`;
  }

  /** @private */
  renderDamage() {
    // An intact box with intact tape is no damage.
    const outers = OUTER.filter((outer) => outer !== 'intact' || this.tape === 'broken');
    return html`<p class="panel-question" id="tape-question">${t('condition.tape_question')}</p>
      <div class="segments wide" role="group" aria-labelledby="tape-question">
        ${TAPE.map(
          (tape) => html`<button type="button" data-tape=${tape} aria-pressed=${tape === this.tape ? 'true' : 'false'}
            @click=${() => {
              this.tape = tape;
              this.requestUpdate();
            }}>${t(`tape.${tape}`)}</button>`,
        )}
      </div>
      <p class="panel-question">${t('condition.outer_question')}</p>
      <div class="options">
        ${outers.map(
          (outer) => html`<button type="button" class="option" data-outer=${outer} ?disabled=${this.disabled}
            @click=${() => this.choose(outer, this.tape)}>${t(`outer.${outer}`)}</button>`,
        )}
        <button type="button" class="option soft" @click=${() => this.tell(false)}>${t('phone.back')}</button>
      </div>`;
  }
}

customElements.define('dp-condition', ConditionChoice);
