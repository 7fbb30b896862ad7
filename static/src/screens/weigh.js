/** A weight typed as the scale shows it, on keys for gloves; the unit is chosen once and remembered. Sends `weight` when it changes. */

import { html, nothing } from 'lit';
import { readWeight } from '../core/weighing.js';
import { WEIGHT_UNITS } from '../core/record_kinds.js';
import { getSetting, putSetting } from '../store/settings.js';
import { ERASE, keypad } from '../ui/keypad.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';

/** @typedef {import('../core/weighing.js').WeightReading} WeightReading */
/** @typedef {{ unit: string } & Extract<WeightReading, { problem: null }>} ReadyWeight */

/** Three rows: the camera above them must stay large enough to aim at a display. */
const KEYS = ['1', '2', '3', ERASE, '4', '5', '6', '.', '7', '8', '9', '0'];
const LONGEST = 11;

export class WeighPad extends View {
  static properties = { disabled: { attribute: false } };

  constructor() {
    super();
    this.disabled = false;
    this.text = '';
    /** @type {string} */
    this.unit = 'kg';
    /** @private a problem is said when the person wants to go on, not at the first digit */
    this.asked = false;
    /** @private */
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.typed(event);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
    void getSetting('weightUnit').then((unit) => {
      if (WEIGHT_UNITS.some((one) => one === unit)) this.unit = /** @type {string} */ (unit);
      this.requestUpdate();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
  }

  /** @returns {ReadyWeight | null} null: nothing that could be kept; why stands on the pad from now on */
  ready() {
    const reading = readWeight(this.text, this.unit);
    this.asked = this.text !== '';
    this.requestUpdate();
    return reading.problem === null ? { ...reading, unit: this.unit } : null;
  }

  clear() {
    this.text = '';
    this.asked = false;
    this.requestUpdate();
  }

  /** @private @param {KeyboardEvent} event */
  typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.target instanceof HTMLInputElement) return;
    if (/^[0-9]$/.test(event.key)) this.press(event.key);
    else if (event.key === '.' || event.key === ',') this.press('.');
    else if (event.key === 'Backspace') this.press(ERASE);
  }

  /** @param {string} key */
  press(key) {
    if (this.disabled) return;
    if (key === ERASE) this.text = this.text.slice(0, -1);
    else if (this.text.length < LONGEST && !(key === '.' && this.text.includes('.'))) this.text += key;
    this.asked = false;
    this.changed();
  }

  /** @private @param {string} unit */
  choose(unit) {
    this.unit = unit;
    this.asked = false;
    void putSetting('weightUnit', unit).catch(() => undefined);
    this.changed();
  }

  /** @private */
  changed() {
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('weight', { detail: this.text }));
  }

  render() {
    const { problem } = readWeight(this.text, this.unit);
    return html`<div class="weigh-shown">
        <output class="weigh-text ${this.text ? '' : 'quiet'}" aria-label=${t('weigh.shown')}>${this.text || '0.00'}</output>
        <div class="segments" role="group" aria-label=${t('weigh.unit')}>
          ${WEIGHT_UNITS.map(
            (unit) => html`<button type="button" data-unit=${unit} aria-pressed=${unit === this.unit ? 'true' : 'false'}
              ?disabled=${this.disabled} @click=${() => this.choose(unit)}>${t(`weigh.unit_${unit}`)}</button>`,
          )}
        </div>
      </div>
      ${this.asked && problem ? html`<p class="field-error" role="alert">${t(`error.${problem}`)}</p>` : nothing}
      ${keypad({ keys: KEYS, name: t('weigh.shown'), erase: t('shift.erase'), disabled: this.disabled, onPress: (key) => this.press(key) })}`;
  }
}

customElements.define('dp-weigh-pad', WeighPad);
