/** One nonconformity: what it is, how bad, how many of it. Sends `defect` with {code, defectClass, quantity}, or `cancel`. */

import { html } from 'lit';
import { DEFECTS } from '../core/defects.js';
import { DEFECT_CLASSES } from '../core/record_kinds.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';

/** @typedef {{ code: string, defectClass: string, quantity: number }} Said */

const MOST = 999;
/** As they are met at the table: seldom a critical one. */
const OFFERED = Object.freeze(['major', 'minor', 'critical']);

export class DefectChoice extends View {
  static properties = { disabled: { attribute: false } };

  constructor() {
    super();
    this.disabled = false;
    /** @type {string | null} */
    this.code = null;
    /** @type {string} */
    this.defectClass = 'major';
    this.quantity = 1;
  }

  /** The class that goes with a code is only proposed. @private @param {string} code */
  choose(code) {
    this.code = code;
    this.defectClass = DEFECTS.get(code) ?? this.defectClass;
    this.requestUpdate();
    this.querySelector('.defect-foot')?.scrollIntoView({ block: 'nearest' });
  }

  /** @private @param {string} name */
  classify(name) {
    this.defectClass = name;
    this.requestUpdate();
  }

  /** @private @param {number} by */
  change(by) {
    this.quantity = Math.min(MOST, Math.max(1, this.quantity + by));
    this.requestUpdate();
  }

  /** @private */
  send() {
    const { code, defectClass, quantity } = this;
    if (code) this.dispatchEvent(new CustomEvent('defect', { detail: { code, defectClass, quantity } }));
  }

  render() {
    return html`<div class="defect-codes">
        ${OFFERED.map(
          (name) => html`<p class="panel-question class-name ${name}">${t(`defect_class.${name}`)}</p>
            <div class="options">
              ${[...DEFECTS].filter(([, proposed]) => proposed === name).map(
                ([code]) => html`<button type="button" class="option" data-code=${code} aria-pressed=${code === this.code ? 'true' : 'false'}
                  ?disabled=${this.disabled} @click=${() => this.choose(code)}>${t(`defect.${code}`)}</button>`,
              )}
            </div>`,
        )}
      </div>
      <div class="defect-foot">
        <div class="segments wide" role="group" aria-label=${t('sample.class')}>
          ${DEFECT_CLASSES.map(
            (name) => html`<button type="button" data-class=${name} aria-pressed=${name === this.defectClass ? 'true' : 'false'}
              ?disabled=${!this.code} @click=${() => this.classify(name)}>${t(`defect_class.${name}`)}</button>`,
          )}
        </div>
        <div class="defect-count">
          <span class="grow">${t('sample.how_many')}</span>
          <button type="button" class="option" data-less aria-label=${t('sample.less')} ?disabled=${this.quantity === 1} @click=${() => this.change(-1)}>−</button>
          <output class="number">${this.quantity}</output>
          <button type="button" class="option" data-more aria-label=${t('sample.more')} @click=${() => this.change(1)}>+</button>
        </div>
        <div class="pair">
          <button type="button" class="big plain" data-cancel @click=${() => this.dispatchEvent(new CustomEvent('cancel'))}>${t('phone.cancel')}</button>
          <button type="button" class="big main" data-save-defect ?disabled=${!this.code || this.disabled} @click=${() => this.send()}>${t('sample.defect_save')}</button>
        </div>
      </div>`;
  }
}

customElements.define('dp-defect', DefectChoice);
