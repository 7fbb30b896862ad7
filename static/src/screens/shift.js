/** Who is working: a name and a PIN, once a shift. Worker and phone are two facts. */

import { html, nothing } from 'lit';
import { unlockSound } from '../device/feedback.js';
import { workers } from '../store/snapshot.js';
import { refreshSnapshot } from '../sync/refresh.js';
import { startShift } from '../sync/shift.js';
import { appBar } from '../ui/app_bar.js';
import { personIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { PinPad } from '../ui/pin_pad.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { refusalWords } from './refusal.js';

/** @typedef {{ id: string, name: string, role: string }} Worker */

export class ShiftScreen extends View {
  constructor() {
    super();
    /** @type {Worker[] | null} */
    this.people = null;
    /** @type {Worker | null} */
    this.picked = null;
    this.busy = false;
    /** @type {string | null} */
    this.problem = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** What the phone knows first, then what the server says. @private */
  async load() {
    this.people = await workers();
    this.requestUpdate();
    // Thousands of orders take a while; the people come with the first of them.
    const look = setInterval(() => void this.lookForPeople(), 1000);
    try {
      await refreshSnapshot();
      this.people = await workers();
      this.problem = null;
    } catch (error) {
      if (this.people.length === 0) this.problem = refusalWords(error);
    } finally {
      clearInterval(look);
    }
    this.requestUpdate();
  }

  /** @private */
  async lookForPeople() {
    if (this.people?.length) return;
    this.people = await workers();
    this.requestUpdate();
  }

  /** @private @param {Worker | null} worker */
  pick(worker) {
    unlockSound();
    this.picked = worker;
    this.problem = null;
    this.requestUpdate();
  }

  /** @private @param {string} pin */
  async start(pin) {
    if (!this.picked || this.busy) return;
    unlockSound();
    this.busy = true;
    this.problem = null;
    this.requestUpdate();
    try {
      await startShift(this.picked.id, pin);
      this.dispatchEvent(new CustomEvent('dp-shift', { bubbles: true }));
    } catch (error) {
      this.problem = refusalWords(error);
      /** @type {PinPad} */ (/** @type {unknown} */ (this.piece('dp-pin-pad'))).clear();
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  render() {
    const site = appState().site?.name ?? '';
    if (this.picked) return this.renderPin(this.picked);
    return html`${appBar({ title: t('shift.title'), go: (path) => this.go(path) })}
      <div class="page">
        <p class="quiet">${site}</p>
        <p class="lead">${t('shift.who')}</p>
        ${this.problem ? messageBox({ what: this.problem, next: t('shift.load_next') }) : nothing}
        ${this.renderPeople()}
        ${this.problem
          ? html`<button type="button" class="big" @click=${() => void this.load()}>${t('phone.try_again')}</button>`
          : nothing}
      </div>`;
  }

  /** @private */
  renderPeople() {
    if (this.people === null) return waiting(t('phone.loading'));
    if (this.people.length === 0) return this.problem ? nothing : html`<p>${t('shift.nobody')}</p>`;
    return html`<div class="people">
      ${this.people.map(
        (worker) => html`<button type="button" class="big plain" @click=${() => this.pick(worker)}>${personIcon}<span>${worker.name}</span></button>`,
      )}
    </div>`;
  }

  /** @private @param {Worker} worker */
  renderPin(worker) {
    return html`${appBar({ title: worker.name, back: () => this.pick(null) })}
      <div class="page">
        <p class="lead">${t('shift.enter_pin')}</p>
        ${this.problem ? messageBox({ what: this.problem }) : nothing}
        <dp-pin-pad .disabled=${this.busy} @pin=${(/** @type {CustomEvent<string>} */ event) => void this.start(event.detail)}></dp-pin-pad>
        ${this.busy ? waiting(t('shift.checking')) : nothing}
      </div>`;
  }
}

void PinPad;
customElements.define('dp-shift', ShiftScreen);
