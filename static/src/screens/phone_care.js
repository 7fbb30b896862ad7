/** How this phone keeps what it has: its line for films, its room, its home screen, and a copy in a file. */

import { html, nothing } from 'lit';
import { askToKeepStorage, minutesLeft } from '../device/capabilities.js';
import { install, installState, storageIsKept } from '../device/install.js';
import { fileToSave } from '../device/save_file.js';
import { wall } from '../device/clock.js';
import { queued, queueZip } from '../store/queue_export.js';
import { poke } from '../sync/drain.js';
import { chooseFilms, filmChoice, filmsAllowed, sendFilmsNow } from '../sync/line.js';
import { exportName } from '../sync/totals.js';
import { messageBox } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { sizeText } from './capture_state.js';
import { refusalWords } from './refusal.js';

/** As the film's own warning (take_screen.js). */
const FEW_MINUTES = 10;

export class PhoneCare extends View {
  constructor() {
    super();
    /** @type {'any' | 'wifi'} */
    this.films = 'any';
    this.filmsWait = false;
    /** @type {boolean | null} */
    this.kept = null;
    /** @type {number | null} */
    this.minutes = null;
    /** Bytes of the file so far, while it is being written. @type {number | null} */
    this.saving = null;
    /** @type {{kind: 'info' | 'error', what: string, next?: string} | null} */
    this.news = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** @private */
  async load() {
    [this.films, this.kept, this.minutes] = await Promise.all([filmChoice(), storageIsKept(), minutesLeft()]);
    this.filmsWait = !(await filmsAllowed());
    this.requestUpdate();
  }

  /** @private @param {'any' | 'wifi'} choice */
  async choose(choice) {
    await chooseFilms(choice);
    await this.load();
    poke();
  }

  /** @private */
  async sendNow() {
    sendFilmsNow();
    poke();
    await this.load();
  }

  /** @private */
  async keep() {
    this.kept = await askToKeepStorage();
    this.news = { kind: 'info', what: this.kept ? t('care.kept') : t('care.not_kept') };
    this.requestUpdate();
  }

  /** @private Browsers ask where to save only in the tap itself, so that comes first. */
  async save() {
    const name = exportName();
    const file = this.saving === null ? await fileToSave(name) : null;
    if (!file) return;
    this.saving = 0;
    this.news = null;
    this.requestUpdate();
    try {
      const onProgress = (/** @type {number} */ bytes) => {
        this.saving = bytes;
        this.requestUpdate();
      };
      for await (const bytes of queueZip(await queued(), { now: wall(), onProgress })) await file.write(bytes);
      await file.close();
      this.news = { kind: 'info', what: t('care.saved', { name }), next: t('care.saved_next') };
    } catch (error) {
      await file.abort().catch(() => undefined);
      this.news = { kind: 'error', what: refusalWords(error), next: t('care.save_failed_next') };
    }
    this.saving = null;
    this.requestUpdate();
  }

  render() {
    return html`${this.renderLine()}${this.renderRoom()}
      <section class="card stack">
        <h2>${t('care.save')}</h2>
        <p>${t('care.save_about')}</p>
        ${this.saving === null
          ? html`<button type="button" class="big plain" data-save-queue @click=${() => void this.save()}>${t('care.save_button')}</button>`
          : html`<p role="status" class="number">${t('care.saving', { size: sizeText(this.saving) })}</p>`}
        ${this.news ? messageBox(this.news) : nothing}
      </section>`;
  }

  /** @private */
  renderLine() {
    const choice = (/** @type {'any' | 'wifi'} */ value) => html`<button type="button" class="big ${this.films === value ? 'main' : 'plain'}"
      aria-pressed=${this.films === value ? 'true' : 'false'} data-films=${value} @click=${() => void this.choose(value)}>${t(`care.films_${value}`)}</button>`;
    return html`<section class="card stack">
      <h2>${t('care.films')}</h2>
      <div class="pair">${choice('any')}${choice('wifi')}</div>
      ${this.filmsWait
        ? html`<p>${t('care.films_wait')}</p>
            <button type="button" class="big plain" data-films-now @click=${() => void this.sendNow()}>${t('care.films_now')}</button>`
        : nothing}
    </section>`;
  }

  /** @private @param {number} n */
  renderMinutes(n) {
    if (n >= FEW_MINUTES) return html`<p class="number">${t('care.minutes', { n })}</p>`;
    return messageBox({ kind: 'warn', what: n < 1 ? t('care.full') : t('care.nearly_full', { n }), next: t('care.full_next') });
  }

  /** @private */
  renderRoom() {
    const how = installState();
    return html`<section class="card stack">
      <h2>${t('care.room')}</h2>
      ${this.minutes === null ? nothing : this.renderMinutes(this.minutes)}
      <p>${this.kept ? t('care.kept') : t('care.not_kept')}</p>
      ${this.kept ? nothing : html`<button type="button" class="big plain" @click=${() => void this.keep()}>${t('care.keep')}</button>`}
      <p>${t(`care.install_${how}`)}</p>
      ${how === 'prompt'
        ? html`<button type="button" class="big plain" data-install @click=${() => void install().then(() => this.load())}>${t('care.install')}</button>`
        : nothing}
    </section>`;
  }
}

customElements.define('dp-phone-care', PhoneCare);
