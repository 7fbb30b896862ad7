/** The end of a parcel: the receiver's own next limit, and a card for the WeChat or Zalo group as picture and text. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { signalDone, signalRefused } from '../device/feedback.js';
import { toldOf } from '../store/snapshot.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { language, LANGUAGES, t, wordsIn } from '../ui/words.js';
import { actByText } from './parcel_facts.js';
import { resultOf, resultRows, resultText } from './result_facts.js';
import { drawResult, pictureOf } from './result_picture.js';
import { getSetting } from '../store/settings.js';
import { TableScreen } from './table_screen.js';

/** @typedef {import('../ui/words.js').Language} Language */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */

export class ResultScreen extends TableScreen {
  constructor() {
    super();
    /** The card's language: the group's, not the screen's. @type {Language | null} */
    this.spoken = null;
    /** @private @type {import('./result_facts.js').Row[]} */
    this.rows = [];
    /** @private @type {string | null} */
    this.actBy = null;
    /** What became of the last press. @private @type {'copied' | 'saved' | 'no_copy' | 'no_share' | null} */
    this.said = null;
  }

  /** @protected @param {ParcelWork} work */
  async loaded(work) {
    const site = await getSetting('site');
    this.spoken ??= LANGUAGES.find(({ code }) => code === site?.language)?.code ?? language();
    const words = await wordsIn(this.spoken).catch(() => t);
    this.rows = resultRows(await resultOf(work, site), words);
    // What is told may be China's limit; in Vietnam its own receipt counts.
    const told = site?.kind === 'VN_warehouse' ? null : (await toldOf(this.parcelId))?.parcel.act_by;
    this.actBy = told ? formatInstant(Date.parse(told), site?.zone ?? work.parcel.view.receivedZone) : actByText(work.parcel.view);
  }

  /** @private @param {Language} code */
  async speak(code) {
    this.spoken = code;
    await this.load();
  }

  updated() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.querySelector('canvas.result-card'));
    if (canvas && this.rows.length > 0) drawResult(canvas, this.rows);
  }

  /** @private @returns {Promise<File>} */
  async file() {
    const blob = await pictureOf(this.piece('canvas.result-card'));
    const name = (this.work?.parcel.orders[0]?.order_no ?? this.parcelId).replace(/[^0-9A-Za-z-]/g, '');
    return new File([blob], `${name}.png`, { type: blob.type });
  }

  /** @private @param {ResultScreen['said']} said */
  say(said) {
    if (said === 'copied' || said === 'saved') signalDone();
    else if (said) signalRefused();
    this.said = said;
    this.requestUpdate();
  }

  /** @private */
  async share() {
    const text = resultText(this.rows);
    const file = await this.file();
    const whole = { files: [file], text };
    try {
      await navigator.share(navigator.canShare?.(whole) ? whole : { text });
    } catch (error) {
      // Closing the share sheet is no failure.
      if (/** @type {Error} */ (error).name !== 'AbortError') this.say('no_share');
    }
  }

  /** @private */
  async copy() {
    try {
      await navigator.clipboard.writeText(resultText(this.rows));
      this.say('copied');
    } catch {
      // Plain HTTP has no clipboard: the text stands on the screen and can be marked by hand.
      this.say('no_copy');
    }
  }

  /** @private */
  async save() {
    const link = document.createElement('a');
    const file = await this.file();
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.say('saved');
  }

  render() {
    return this.frame({
      title: t('result.screen'),
      body: () => ({ page: this.page(), foot: this.foot() }),
    });
  }

  /** @private */
  page() {
    const site = appState().site;
    return html`<section class="card"><dl class="facts stacked">
        <dt>${t('take.act_by')}</dt>
        <dd class="number" data-act-by>${this.actBy ?? t('take.act_by_unknown')}${site ? html` <span class="quiet small">${t('take.act_by_note')}</span>` : nothing}</dd>
      </dl></section>
      ${this.said ? messageBox({ kind: this.said === 'copied' || this.said === 'saved' ? 'info' : 'warn', what: t(`result.${this.said}`) }) : nothing}
      <div class="segments" role="group" aria-label=${t('result.language')}>
        ${LANGUAGES.map(
          ({ code, name }) => html`<button type="button" data-language=${code} aria-pressed=${code === this.spoken ? 'true' : 'false'} @click=${() => void this.speak(code)}>${name}</button>`,
        )}
      </div>
      <canvas class="result-card" width="1080" height="720" role="img" aria-label=${resultText(this.rows)}></canvas>
      <pre class="result-text" tabindex="0" aria-label=${t('result.as_text')}>${resultText(this.rows)}</pre>`;
  }

  /** @private */
  foot() {
    const shares = typeof navigator.share === 'function';
    return html`${shares ? html`<button type="button" class="big main" data-share @click=${() => void this.share()}>${t('result.share')}</button>` : nothing}
      <div class="pair">
        <button type="button" class="big ${shares ? 'plain' : 'main'}" data-copy @click=${() => void this.copy()}>${t('result.copy')}</button>
        <button type="button" class="big plain" data-save @click=${() => void this.save()}>${t('result.save')}</button>
      </div>
      <button type="button" class="big plain" data-next-parcel @click=${() => this.go('/scan')}>${t('take.next_parcel')}</button>`;
  }
}

customElements.define('dp-result', ResultScreen);
