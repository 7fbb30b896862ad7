/** Ten big keys for a PIN; a keyboard works too. Sends `pin` with the digits when the person confirms. */

import { html } from 'lit';
import { doneIcon, eraseIcon } from './icons.js';
import { t } from './words.js';
import { View } from './view.js';

const LONGEST = 8;
const SHORTEST = 4;

export class PinPad extends View {
  static properties = { disabled: { attribute: false } };

  constructor() {
    super();
    this.digits = '';
    this.disabled = false;
    /** @private */
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.typed(event);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
  }

  /** @private @param {KeyboardEvent} event */
  typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (/^[0-9]$/.test(event.key)) this.press(event.key);
    else if (event.key === 'Backspace') this.erase();
    else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) this.send();
  }

  /** @param {string} digit */
  press(digit) {
    if (this.disabled || this.digits.length >= LONGEST) return;
    this.digits += digit;
    this.requestUpdate();
  }

  erase() {
    this.digits = this.digits.slice(0, -1);
    this.requestUpdate();
  }

  clear() {
    this.digits = '';
    this.requestUpdate();
  }

  send() {
    if (this.disabled || this.digits.length < SHORTEST) return;
    this.dispatchEvent(new CustomEvent('pin', { detail: this.digits }));
  }

  render() {
    const key = (/** @type {string} */ digit) =>
      html`<button type="button" class="pin-key" ?disabled=${this.disabled} @click=${() => this.press(digit)}>${digit}</button>`;
    const dots = Array.from({ length: Math.max(SHORTEST, this.digits.length) }, (_, i) => i < this.digits.length);
    return html`<div class="pin-dots" role="img" aria-label=${t('shift.pin_entered', { n: this.digits.length })}>
        ${dots.map((full) => html`<span class=${full ? 'full' : ''}></span>`)}
      </div>
      <div class="pin-keys" role="group" aria-label=${t('shift.pin')}>
        ${['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key)}
        <button type="button" class="pin-key soft" aria-label=${t('shift.erase')} ?disabled=${this.disabled}
          @click=${() => this.erase()}>${eraseIcon}</button>
        ${key('0')}
        <button type="button" class="pin-key go" aria-label=${t('shift.start')}
          ?disabled=${this.disabled || this.digits.length < SHORTEST} @click=${() => this.send()}>${doneIcon}</button>
      </div>`;
  }
}

customElements.define('dp-pin-pad', PinPad);
