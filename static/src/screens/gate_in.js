/** Gate-in: parcels pass before the camera or the wedge scanner, nothing is touched; then the courier's slip. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { shoot } from '../device/photo.js';
import { signalAgain, signalDone, signalRefused, signalUndone, unlockSound } from '../device/feedback.js';
import { refreshSnapshot } from '../sync/refresh.js';
import { appBar } from '../ui/app_bar.js';
import { doneIcon, keyboardIcon, photoIcon, undoIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { t } from '../ui/words.js';
import { GateSession } from './gate_session.js';
import { GateSlip } from './gate_slip.js';
import { refusalWords } from './refusal.js';
import { ScanScreen, shortened } from './scan.js';

/** @typedef {import('./gate_session.js').Scanned} Scanned */
/** @typedef {import('../store/snapshot.js').ParcelView} ParcelView */

export class GateScreen extends ScanScreen {
  constructor() {
    super();
    this.session = new GateSession();
    /** @type {Scanned | null} */
    this.last = null;
    /** @type {'scanning' | 'slip'} */
    this.phase = 'scanning';
    this.problem = '';
  }

  connectedCallback() {
    super.connectedCallback();
    void this.session.load().then(() => this.requestUpdate());
    void refreshSnapshot().catch(() => undefined);
  }

  /** @param {string} text scanned or typed */
  async take(text) {
    if (this.phase !== 'scanning') return;
    try {
      const scanned = await this.session.scan(text, (parcels) => this.chooseParcel(parcels, text));
      if (scanned) this.say(scanned);
    } catch (error) {
      signalRefused();
      this.last = null;
      this.problem = refusalWords(error);
    }
    this.typing = false;
    this.typed = '';
    this.requestUpdate();
  }

  /** @private @param {Scanned} scanned */
  say(scanned) {
    this.problem = '';
    this.last = scanned;
    if (scanned.kind === 'new') signalDone();
    else if (scanned.kind === 'unknown' || scanned.kind === 'misread') signalRefused();
    else signalAgain();
  }

  /** @private */
  async undo() {
    unlockSound();
    const view = await this.session.undo().catch((error) => void (this.problem = refusalWords(error)));
    if (view) signalUndone();
    this.last = null;
    this.requestUpdate();
  }

  /** One tap: the parcel is held with what the camera sees now. @private @param {string} text */
  async hold(text) {
    unlockSound();
    const video = /** @type {HTMLVideoElement | null} */ (this.querySelector('video'));
    const frame = video ? await shoot(video).catch(() => null) : null;
    const shot = frame && { data: frame.data, mime: frame.mime, source: /** @type {const} */ ('camera') };
    await this.session.hold(text, shot).then(signalDone, (error) => void (this.problem = refusalWords(error)));
    this.requestUpdate();
  }

  /** @protected */
  async leave() {
    await this.session.end();
    this.go('/scan');
  }

  heading() {
    return t('gate.title');
  }

  hint() {
    return t('gate.hint');
  }

  back() {
    return () => this.go('/scan');
  }

  /** @returns {typeof nothing} */
  renderAbove() {
    return nothing;
  }

  renderScanner() {
    if (this.phase === 'slip') return this.renderSlip();
    const { scans } = this.session.kept;
    return html`${appBar({ title: this.heading(), back: this.back(), go: (path) => this.go(path) })}
      <div class="gate">
        ${this.renderReader()}
        <div class="gate-side">
          <div class="gate-now" role="status" aria-live="polite">
            <strong class="gate-sum number" data-scanned=${scans.length}>${scans.length}</strong>
            ${this.renderLast()}
          </div>
          <div class="page gate-list" tabindex="0" role="group" aria-label=${this.listName()}>
            ${this.problem ? messageBox({ what: this.problem, safe: t('receive.kept_before'), next: t('gate.again_next') }) : nothing}
            ${this.renderUnknown()} ${this.renderScans()}
          </div>
        </div>
      </div>
      <div class="foot gate-foot">
        <button type="button" class="big plain" data-undo ?disabled=${scans.length === 0} @click=${() => void this.undo()}>${undoIcon}${t('gate.undo')}</button>
        <button type="button" class="big plain" data-type aria-label=${t('scan.type')} @click=${() => void this.openTyping(true)}>${keyboardIcon}</button>
        <button type="button" class="big main" data-finish @click=${() => this.finish()}>${doneIcon}${t('gate.finish')}</button>
      </div>`;
  }

  /** @protected */
  finish() {
    unlockSound();
    this.phase = 'slip';
    this.requestUpdate();
  }

  /** What the finish key leads to. @protected */
  renderSlip() {
    const goOn = () => {
      this.phase = 'scanning';
      this.requestUpdate();
    };
    return html`${appBar({ title: t('gate.slip_title'), back: goOn, go: (path) => this.go(path) })}
      <dp-gate-slip .session=${this.session} @go-on=${goOn} @leave=${() => void this.leave()}></dp-gate-slip>`;
  }

  /** @protected @param {string} at */
  beforeWords(at) {
    return t('gate.before', { at });
  }

  /** What stands where the list begins. @protected */
  listName() {
    return t('gate.list');
  }

  /** @private */
  renderLast() {
    const { last } = this;
    if (!last) return html`<span class="gate-words">${t('gate.ready')}</span>`;
    if (!('view' in last)) {
      const known = { unknown: 'gate.unknown', unknown_again: 'gate.unknown_again', misread: 'scan.misread' };
      return html`<span class="gate-words bad" data-last=${last.kind}>${t(known[last.kind], { code: shortened(last.text) })}</span>`;
    }
    const zone = appState().site?.zone ?? 'Asia/Shanghai';
    const note = last.kind === 'again' ? t('gate.again') : last.kind === 'before' ? this.beforeWords(formatInstant(last.atMs, zone).slice(5, 16)) : '';
    return html`<span class="gate-words ${note ? 'wait' : 'ok'}" data-last=${last.kind}>
      <b>${last.view.customerCode ?? t('phone.parcel_no_customer')}</b><span>${note || numberOf(last.view)}</span></span>`;
  }

  /** @protected @returns {import('lit').TemplateResult | typeof nothing} */
  renderUnknown() {
    const { unknown } = this.session.kept;
    if (unknown.length === 0) return nothing;
    return html`<section class="card gate-unknown">
      <h2>${t('gate.unknown_title', { n: unknown.length })}</h2>
      <ul>
        ${unknown.map(({ text, held, photo }) => {
          const done = held !== null && photo;
          return html`<li><span class="grow code">${shortened(text)}</span>
            ${done
              ? html`<span class="state ok">${doneIcon}${t('gate.held')}</span>`
              : html`<button type="button" class="option" data-hold @click=${() => void this.hold(text)}>
                  ${photoIcon}${t(held === null ? 'gate.hold' : 'gate.photo')}</button>`}</li>`;
        })}
      </ul>
    </section>`;
  }

  /** @private */
  renderScans() {
    const scans = [...this.session.kept.scans].reverse();
    return html`<ul class="gate-scans">
      ${scans.map(({ parcel }) => {
        const view = this.session.views.get(parcel);
        return html`<li><strong>${view?.customerCode ?? t('phone.parcel_no_customer')}</strong><span class="quiet number">${view ? numberOf(view) : ''}</span></li>`;
      })}
    </ul>`;
  }
}

/** @param {ParcelView} view */
function numberOf({ parcel, orders }) {
  return parcel.waybills[0]?.number ?? orders[0]?.order_no ?? '';
}

void GateSlip;
customElements.define('dp-gate', GateScreen);
