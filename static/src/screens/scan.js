/** The first screen: a live scanner, a key for typing, what waits today, who is working. An unknown code beeps low and saves nothing. */

import { html, nothing } from 'lit';
import { parseLabel } from '../core/label.js';
import { formatInstant } from '../core/deadlines.js';
import { wall } from '../device/clock.js';
import { signalDone, signalRefused, unlockSound } from '../device/feedback.js';
import { heldBefore, heldKey } from '../store/held.js';
import { findByScan } from '../store/snapshot.js';
import { endShift } from '../sync/shift.js';
import { refreshSnapshot } from '../sync/refresh.js';
import { appBar } from '../ui/app_bar.js';
import { ask, confirmAsk } from '../ui/dialog.js';
import { boxIcon, keyboardIcon, personIcon, scanIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { codePhotoKey } from './code_photo.js';
import { CodeReader } from './code_reader.js';
import { isSticker } from './bind_draft.js';
import { Counters } from './counters.js';
import { openThere, otherDock } from './other_dock.js';
import { bindPath, FREIGHT_PATH, GATE_PATH, holdPath, parcelPath } from './routes.js';
import { listenForCodes } from './wedge.js';

/** @typedef {import('../store/snapshot.js').Found} Found */

export class ScanScreen extends View {
  constructor() {
    super();
    this.typing = false;
    this.typed = '';
    /** Said anew when somebody who cannot read it changes the language. @type {(() => import('./other_dock.js').Refused) | null} */
    this.refused = null;
    /** @private the unknown code: what may be bound as a sticker or held, if the person says so */
    this.unknown = '';
    /** @private */
    this.busy = false;
    /** @private @type {() => void} */
    this.unlisten = () => undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.unlisten = listenForCodes((text) => void this.take(text));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
  }

  /** @param {string} text scanned or typed */
  async take(text) {
    if (this.busy) return;
    this.busy = true;
    try {
      let found = await findByScan(text);
      if (found.kind === 'none' && appState().online !== false) {
        // The office may have imported the order a minute ago.
        await refreshSnapshot().catch(() => undefined);
        found = await findByScan(text);
      }
      await this.found(found, text);
    } finally {
      this.busy = false;
    }
  }

  /** @param {Found} found @param {string} text */
  async found(found, text) {
    this.unknown = '';
    if (found.kind === 'none') {
      signalRefused();
      this.unknown = this.offersMore() ? text : '';
      this.refused = (await this.heldWords()) ?? (() => otherDock(text) ?? unknownWords(text));
      this.requestUpdate();
      return;
    }
    signalDone();
    this.refused = null;
    if (found.kind === 'blank') {
      this.go(bindPath(found.code));
      return;
    }
    const parcel = found.others.length > 0 ? await this.chooseParcel([found.parcel, ...found.others], text) : found.parcel.id;
    if (parcel) this.go(parcelPath(parcel, { voided: found.voided }));
  }

  /** Held before: said so, and not held twice. @private @returns {Promise<(() => { what: string, next: string }) | null>} */
  async heldWords() {
    const held = this.unknown ? await heldBefore(this.unknown, wall()) : null;
    if (!held) return null;
    const at = formatInstant(held.at, appState().site?.zone ?? 'Asia/Shanghai').slice(5, 16);
    const code = shortened(this.unknown);
    this.unknown = '';
    const { worker: name } = held;
    return () => ({ what: name ? t('hold.before_by', { code, at, name }) : t('hold.before', { code, at }), next: t('hold.before_next') });
  }

  /**
   * Two couriers may give out the same number.
   * @param {import('../store/snapshot.js').Parcel[]} parcels
   * @param {string} number
   */
  chooseParcel(parcels, number) {
    return ask({
      title: t('scan.several', { number }),
      choices: parcels.map((parcel) => ({
        value: parcel.id,
        label: [parcel.waybills[0]?.courier, parcel.customer_code].filter(Boolean).join(' · ') || parcel.id.slice(0, 8),
      })),
      cancel: t('phone.cancel'),
    });
  }

  /** @param {boolean} open */
  async openTyping(open) {
    unlockSound();
    this.typing = open;
    this.refused = null;
    this.requestUpdate();
    await this.updateComplete;
    if (open) this.querySelector('input')?.focus();
  }

  /** @private @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const text = this.typed.trim();
    if (text) await this.take(text);
  }

  /** @private @param {{ codes: string[] } | { problem: import('../device/code_picture.js').NoCode }} result */
  async photographed(result) {
    if ('codes' in result) return this.take(result.codes[0] ?? '');
    signalRefused();
    this.unknown = '';
    this.refused = () => ({ what: t(`scan.photo_${result.problem}`), next: t('scan.photo_next') });
    this.requestUpdate();
  }

  /** @private */
  async changeWorker() {
    unlockSound();
    const sure = await confirmAsk({
      title: t('shift.end_title', { name: appState().worker?.name ?? '' }),
      body: html`<p>${t('shift.end_body')}</p>`,
      yes: t('shift.end_yes'),
      no: t('phone.cancel'),
    });
    if (!sure) return;
    await endShift();
    this.dispatchEvent(new CustomEvent('dp-shift', { bubbles: true }));
  }

  render() {
    return this.typing ? this.renderTyping() : this.renderScanner();
  }

  renderRefused() {
    if (!this.refused) return nothing;
    const { unknown } = this;
    const { what, next, open } = this.refused();
    const actions = html`${openThere(open)}
      ${unknown && heldKey(unknown)
        ? html`<button type="button" class="big" data-hold @click=${() => this.go(holdPath(unknown))}>${t('hold.offer')}</button>`
        : nothing}
      ${unknown && !open && isSticker(unknown)
        ? html`<button type="button" class="big plain bind-sticker" @click=${() => this.go(bindPath(unknown))}>${t('bind.offer')}</button>`
        : nothing}`;
    return messageBox({ kind: 'warn', what, next, safe: t('scan.nothing_saved'), actions });
  }

  /** Whether an unknown code may be held, or taken for a forwarder's own sticker. */
  offersMore() {
    return true;
  }

  heading() {
    return t('scan.title');
  }

  hint() {
    return t('scan.hint');
  }

  /** @returns {(() => void) | undefined} where the bar's arrow leads */
  back() {
    return undefined;
  }

  /** What stands above the buttons. @returns {import('lit').TemplateResult | typeof nothing} */
  renderAbove() {
    return this.typing || this.refused ? nothing : html`<dp-counters></dp-counters>`;
  }

  /** What stands beside the key for typing. @returns {import('lit').TemplateResult | typeof nothing} */
  renderBeside() {
    return html`<button type="button" class="big" data-gate @click=${() => this.toGate()}>${scanIcon}${t('gate.title')}</button>`;
  }

  /** Goods leave China for good at a Chinese site only. @returns {import('lit').TemplateResult | typeof nothing} */
  renderBelow() {
    if (appState().site?.kind !== 'CN_forwarder' || this.refused) return nothing;
    return html`<button type="button" class="big plain" data-freight @click=${() => this.toFreight()}>${boxIcon}${t('freight.title')}</button>`;
  }

  /** @private */
  toFreight() {
    unlockSound();
    this.go(FREIGHT_PATH);
  }

  /** @private */
  toGate() {
    unlockSound();
    this.go(GATE_PATH);
  }

  renderReader() {
    return html`<dp-code-reader .hint=${this.refused ? '' : this.hint()} @pointerdown=${() => unlockSound()}
      @code=${(/** @type {CustomEvent<string>} */ event) => void this.take(event.detail)}></dp-code-reader>`;
  }

  renderScanner() {
    const back = this.back();
    return html`${appBar({ title: this.heading(), ...(back && { back }), go: (path) => this.go(path) })}
      ${this.renderReader()}
      <div class="foot">
        ${this.renderAbove()} ${this.renderRefused()}
        <div class="pair">
          <button type="button" class="big" data-type @click=${() => void this.openTyping(true)}>${keyboardIcon}${t('scan.type')}</button>
          ${this.renderBeside()}
        </div>
        ${this.renderBelow()}
        <div class="who">
          ${personIcon}<span>${appState().worker?.name ?? ''}</span>
          <button type="button" class="link" @click=${() => void this.changeWorker()}>${t('shift.change')}</button>
        </div>
      </div>`;
  }

  /** @private */
  renderTyping() {
    return html`${appBar({ title: t('scan.type_title'), back: () => void this.openTyping(false), go: (path) => this.go(path) })}
      <form class="page" id="type-form" @submit=${(/** @type {SubmitEvent} */ event) => void this.submit(event)}>
        <div class="field">
          <label for="typed-code">${t('scan.type_label')}</label>
          <input id="typed-code" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="search"
            aria-describedby="typed-hint" .value=${this.typed}
            @input=${(/** @type {InputEvent} */ event) => (this.typed = /** @type {HTMLInputElement} */ (event.target).value)} />
          <p class="hint" id="typed-hint">${t('scan.type_hint')}</p>
        </div>
        ${this.renderAbove()} ${this.renderRefused()}
        <button type="submit" class="big main">${t('scan.type_open')}</button>
        ${codePhotoKey((result) => void this.photographed(result))}
        <button type="button" class="big plain" @click=${() => void this.openTyping(false)}>${t('scan.back_to_camera')}</button>
      </form>`;
  }
}

/** A code as a sentence can hold it. @param {string} text */
export function shortened(text) {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/**
 * @param {string} text
 * @returns {{ what: string, next: string }}
 */
export function unknownWords(text) {
  const { problem } = parseLabel(text);
  const shown = shortened(text);
  if (problem === 'check_character') return { what: t('scan.misread', { code: shown }), next: t('scan.misread_next') };
  return { what: t('scan.unknown', { code: shown }), next: t('scan.unknown_next') };
}

void [CodeReader, Counters];
customElements.define('dp-scan', ScanScreen);
