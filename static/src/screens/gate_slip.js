/** The end of a gate-in: the number on the courier's slip against what was scanned, and a picture of the slip (EV-23). */

import { html, nothing } from 'lit';
import { signalDone, signalRefused, unlockSound } from '../device/feedback.js';
import { getSetting } from '../store/settings.js';
import { doneIcon } from '../ui/icons.js';
import { ERASE, keypad } from '../ui/keypad.js';
import { messageBox } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { refusalWords } from './refusal.js';
import { Viewfinder } from './viewfinder.js';

/** @typedef {import('./viewfinder.js').Shot} Shot */

/** Who delivers to warehouses of each country, the likeliest first. */
const COURIERS = Object.freeze(['zto', 'yto', 'sf', 'yunda', 'sto', 'jt', 'jd', 'ems', 'deppon', 'other']);
const COURIERS_VN = Object.freeze(['vnpost', 'viettel-post', 'ghn', 'ghtk', 'jt', 'spx', 'other']);
const KEYS = ['1', '2', '3', ERASE, '4', '5', '6', '0', '7', '8', '9'];
const LONGEST = 4;

export class GateSlip extends View {
  static properties = { session: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./gate_session.js').GateSession | null} */
    this.session = null;
    this.text = '';
    /** @type {string | null} */
    this.courier = null;
    /** @private */
    this.couriers = COURIERS;
    this.busy = false;
    this.problem = '';
    /** What was compared: parcels on the slip. @type {number | null} */
    this.listed = null;
    /** @private */
    this.onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || this.listed !== null) return;
      if (/^[0-9]$/.test(event.key)) this.press(event.key);
      else if (event.key === 'Backspace') this.press(ERASE);
    };
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
    void getSetting('site').then((site) => {
      if (site?.kind === 'VN_warehouse') this.couriers = COURIERS_VN;
      this.requestUpdate();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
  }

  /** @private @param {string} key */
  press(key) {
    unlockSound();
    if (key === ERASE) this.text = this.text.slice(0, -1);
    else if (this.text.length < LONGEST) this.text += key;
    this.problem = '';
    this.requestUpdate();
  }

  /** @private @param {Shot | null} shot */
  async compare(shot) {
    if (this.busy || !this.session) return;
    if (this.text === '') {
      signalRefused();
      this.problem = t('gate.slip_number_first');
      this.requestUpdate();
      return;
    }
    const listed = Number(this.text);
    this.busy = true;
    this.requestUpdate();
    try {
      await this.session.compare({ courier: this.courier, listed }, shot);
      this.listed = listed;
      if (listed === this.session.scanned) signalDone();
      else signalRefused();
    } catch (error) {
      signalRefused();
      this.problem = refusalWords(error);
    }
    this.busy = false;
    this.requestUpdate();
  }

  /** @private @param {string} name */
  send(name) {
    this.dispatchEvent(new CustomEvent(name));
  }

  render() {
    return this.listed === null ? this.renderAsking() : this.renderResult(this.listed);
  }

  /** @private */
  renderAsking() {
    return html`<div class="receive with-camera" data-stage="slip">
      <dp-viewfinder .hint=${t('gate.slip_aim')} .busy=${this.busy}
        @shot=${(/** @type {CustomEvent<Shot>} */ event) => void this.compare(event.detail)}></dp-viewfinder>
      <div class="page">
        ${this.problem ? messageBox({ kind: 'warn', what: this.problem }) : nothing}
        <section class="panel">
          <div class="weigh-shown"><span class="panel-question">${t('gate.slip_number')}</span>
            <output class="weigh-text ${this.text ? '' : 'quiet'}" aria-label=${t('gate.slip_number')}>${this.text || '0'}</output></div>
          ${keypad({ keys: KEYS, name: t('gate.slip_number'), erase: t('shift.erase'), disabled: this.busy, onPress: (key) => this.press(key) })}
          <div class="options" role="group" aria-label=${t('parcel.courier')}>
            ${this.couriers.map(
              (courier) => html`<button type="button" class="option" data-courier=${courier} aria-pressed=${courier === this.courier ? 'true' : 'false'}
                @click=${() => this.choose(courier)}>${t(`courier.${courier}`)}</button>`,
            )}
          </div>
        </section>
      </div>
      <div class="foot pair">
        <button type="button" class="big plain" data-no-photo ?disabled=${this.busy || this.text === ''} @click=${() => void this.compare(null)}>${t('gate.slip_no_photo')}</button>
        <button type="button" class="big plain" data-no-slip ?disabled=${this.busy} @click=${() => this.send('leave')}>${t('gate.no_slip')}</button>
      </div>
    </div>`;
  }

  /** @private @param {string} courier */
  choose(courier) {
    this.courier = this.courier === courier ? null : courier;
    this.requestUpdate();
  }

  /** @private @param {number} listed */
  renderResult(listed) {
    const scanned = this.session?.scanned ?? 0;
    const same = listed === scanned;
    const more = scanned > listed;
    const counts = t('gate.counts', { listed, scanned });
    return html`<div class="page" data-slip=${same ? 'same' : more ? 'more' : 'fewer'}>
        ${same
          ? messageBox({ kind: 'info', what: t('gate.same', { n: scanned }), next: t('gate.same_next') })
          : messageBox({
              kind: 'warn',
              what: t(more ? 'gate.more' : 'gate.fewer', { n: Math.abs(listed - scanned) }),
              safe: counts,
              next: t(more ? 'gate.more_next' : 'gate.fewer_next'),
            })}
      </div>
      <div class="foot">
        <button type="button" class="big ${same ? 'main' : 'plain'}" data-leave @click=${() => this.send('leave')}>${doneIcon}${t(same ? 'receive.done' : 'gate.leave_differs')}</button>
        <button type="button" class="big ${same ? 'plain' : 'main'}" data-go-on @click=${() => this.goOn()}>${t('gate.go_on')}</button>
      </div>`;
  }

  /** @private */
  goOn() {
    this.listed = null;
    this.send('go-on');
  }
}

void Viewfinder;
customElements.define('dp-gate-slip', GateSlip);
