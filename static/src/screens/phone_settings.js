/** This phone: where it belongs, who works on it, and a new key for what it signs. */

import { html, nothing } from 'lit';
import { getSetting } from '../store/settings.js';
import { poke } from '../sync/drain.js';
import { Offline } from '../sync/errors.js';
import { changeKey, keyWaits } from '../sync/rotate.js';
import { appBar } from '../ui/app_bar.js';
import { confirmAsk } from '../ui/dialog.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { refusalWords } from './refusal.js';

/** @typedef {{kind: 'info' | 'warn' | 'error', what: string, next?: string}} News */

export class PhoneSettingsScreen extends View {
  constructor() {
    super();
    this.device = '';
    this.busy = false;
    /** A change that a crash or a missing network cut off. */
    this.waits = false;
    /** @type {News | null} */
    this.news = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** @private */
  async load() {
    this.device = (await getSetting('device')) ?? '';
    this.waits = await keyWaits();
    this.requestUpdate();
  }

  /** @private */
  async change() {
    const yes = { title: t('this_phone.key_ask'), body: t('this_phone.key_about'), yes: t('this_phone.key_change'), no: t('phone.cancel') };
    if (this.busy || (!this.waits && !(await confirmAsk(yes)))) return;
    this.busy = true;
    this.news = null;
    this.requestUpdate();
    this.news = await changed();
    this.busy = false;
    await this.load();
    poke();
  }

  render() {
    return html`${appBar({ title: t('this_phone.title'), back: () => this.go('/captures') })}
      <div class="page">
        <dl class="card facts stacked">
          <dt>${t('this_phone.site')}</dt>
          <dd>${appState().site?.name ?? ''}</dd>
          <dt>${t('this_phone.worker')}</dt>
          <dd>${appState().worker?.name ?? t('this_phone.nobody')}</dd>
          <dt>${t('this_phone.number')}</dt>
          <dd class="number">${this.device.slice(0, 8)}</dd>
        </dl>
        <section class="card stack">
          <h2>${t('this_phone.key')}</h2>
          <p>${t('this_phone.key_about')}</p>
          ${this.renderNews()}
          ${this.busy
            ? waiting(t('this_phone.key_changing'))
            : html`<button type="button" class="big plain" data-change-key @click=${() => void this.change()}>
                ${this.waits ? t('phone.try_again') : t('this_phone.key_change')}
              </button>`}
        </section>
      </div>`;
  }

  /** @private */
  renderNews() {
    if (this.busy) return nothing;
    if (this.news) return messageBox(this.news);
    if (!this.waits) return nothing;
    return messageBox({ kind: 'warn', what: t('this_phone.key_waits'), next: t('this_phone.key_waits_next') });
  }
}

/** @returns {Promise<News>} how the change went, in words */
async function changed() {
  try {
    await changeKey();
    return { kind: 'info', what: t('this_phone.key_changed') };
  } catch (error) {
    if (error instanceof Offline || (await keyWaits())) return { kind: 'warn', what: t('this_phone.key_waits'), next: t('this_phone.key_waits_next') };
    return { kind: 'error', what: refusalWords(error), next: t('this_phone.key_kept') };
  }
}

customElements.define('dp-phone-settings', PhoneSettingsScreen);
