/**
 * Joins this phone to a warehouse. Opening the link consumes nothing (WeChat opens links in its own browser, an installed
 * app has storage of its own): the person sees what will happen, on a phone that can do it, and confirms.
 */

import { html, nothing } from 'lit';
import { askToKeepStorage, probeCapabilities } from '../device/capabilities.js';
import { enrol } from '../sync/enrol.js';
import { appBar } from '../ui/app_bar.js';
import { doneIcon, noIcon, scanIcon, warnIcon } from '../ui/icons.js';
import { ask } from '../ui/dialog.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { CodeReader } from './code_reader.js';
import { enrolmentCode } from './enrolment_code.js';
import { formerPhoneBody } from './former_phone.js';
import { isCode, refusalWords } from './refusal.js';

/** @typedef {import('../device/capabilities.js').Capability} Capability */

export class EnrolScreen extends View {
  constructor() {
    super();
    this.code = '';
    this.name = '';
    this.busy = false;
    this.scanning = false;
    /** @type {Capability[] | null} */
    this.abilities = null;
    /** @type {string | null} */
    this.problem = null;
    this.codeRefused = false;
    /** @private */
    this.onHash = () => this.readHash();
  }

  connectedCallback() {
    super.connectedCallback();
    this.readHash();
    window.addEventListener('hashchange', this.onHash);
    void probeCapabilities().then((list) => {
      this.abilities = list;
      this.requestUpdate();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.onHash);
  }

  /** @private */
  readHash() {
    if (location.hash.length > 1) this.code = enrolmentCode(`/enrol${location.hash}`);
    this.requestUpdate();
  }

  /** @private @param {SubmitEvent} event */
  async confirm(event) {
    event.preventDefault();
    if (this.busy) return;
    if (!this.code) {
      this.problem = t('enrol.code_missing');
      this.codeRefused = false;
      this.requestUpdate();
      this.piece('#enrol-code').scrollIntoView({ block: 'center' });
      return;
    }
    this.busy = true;
    this.problem = null;
    this.requestUpdate();
    try {
      await askToKeepStorage();
      const { former, site } = await enrol(this.code, this.name.trim() || t('enrol.default_name'));
      if (former) await this.tellFormer(former, site.zone);
      this.dispatchEvent(new CustomEvent('dp-enrolled', { bubbles: true }));
    } catch (error) {
      this.problem = refusalWords(error);
      this.codeRefused = isCode(error, 'enrolment_code_unknown');
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  /** @private @param {import('../store/settings.js').FormerPhone} former @param {string} zone */
  async tellFormer(former, zone) {
    const body = formerPhoneBody(former, zone);
    await ask({ title: t('former.title'), body, choices: [{ value: 'ok', label: t('phone.ok'), look: 'main' }], focus: 'ok' });
  }

  /** @private @param {string} text */
  scanned(text) {
    this.code = enrolmentCode(text);
    this.scanning = false;
    this.requestUpdate();
  }

  render() {
    if (this.scanning) return this.renderScanner();
    const unable = this.abilities?.filter((one) => one.needed && !one.ok) ?? [];
    return html`${appBar({ title: t('enrol.title') })}
      <form class="page" id="enrol-form" @submit=${(/** @type {SubmitEvent} */ event) => void this.confirm(event)}>
        ${this.renderAlready()}${this.renderLost()}
        <p class="lead">${t('enrol.lead')}</p>
        <p>${t('enrol.what_happens')}</p>
        ${this.problem ? messageBox({ what: this.problem, safe: t('enrol.nothing_used'), next: t(this.codeRefused ? 'enrol.code_next' : 'enrol.problem_next') }) : nothing}
        <div class="card stack">${this.renderFields()}</div>
        <div class="card">
          <h2>${t('enrol.checks')}</h2>
          ${this.abilities ? html`<ul>${this.abilities.map(checkRow)}</ul>` : waiting(t('enrol.checking'))}
        </div>
        ${unable.length > 0
          ? messageBox({
              what: t('enrol.unable'),
              next: unable.some((one) => one.name === 'secure') ? t('enrol.unable_insecure') : t('enrol.unable_next'),
            })
          : nothing}
        ${appState().site || appState().lost ? nothing : html`<p class="hint">${t('enrol.before')}</p>`}
        <p><a href="/phone-check">${t('enrol.check_link')}</a></p>
      </form>
      <div class="foot">
        <button type="submit" form="enrol-form" class="big main" ?disabled=${this.busy || !this.abilities || unable.length > 0 || appState().unsafe > 0}>
          ${this.busy ? t('enrol.busy') : t('enrol.confirm')}
        </button>
      </div>`;
  }

  /** A second enrolment replaces the key: never while something signed with the first is still on its way. @private */
  renderAlready() {
    const { site } = appState();
    if (!site) return nothing;
    const actions = html`<button type="button" class="big" @click=${() => this.go('/scan')}>${t('enrol.already_go')}</button>`;
    return messageBox({ kind: 'info', what: t('enrol.already', { site: site.name }), next: t('enrol.already_next'), actions });
  }

  /** What this phone kept is gone: said plainly, never a silent fresh start. @private */
  renderLost() {
    const { lost } = appState();
    if (!lost) return nothing;
    const next = [lost.waiting > 0 ? t('lost.waiting', { n: lost.waiting }) : t('lost.nothing_waited'), t('lost.next')].join(' ');
    return html`<div data-lost>${messageBox({ what: t('lost.what', { site: lost.site }), safe: t('lost.safe'), next })}</div>`;
  }

  /** @private */
  renderFields() {
    return html`<div class="field">
        <label for="enrol-code">${t('enrol.code')}</label>
        <input id="enrol-code" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="next"
          aria-describedby="enrol-code-hint" .value=${this.code}
          @input=${(/** @type {InputEvent} */ event) => (this.code = enrolmentCode(inputText(event)))} />
        <p class="hint" id="enrol-code-hint">${t('enrol.code_hint')}</p>
      </div>
      <button type="button" class="big" @click=${() => this.openScanner(true)}>${scanIcon}${t('enrol.scan_code')}</button>
      <div class="field">
        <label for="enrol-name">${t('enrol.name')}</label>
        <input id="enrol-name" maxlength="60" autocomplete="off" aria-describedby="enrol-name-hint" .value=${this.name}
          @input=${(/** @type {InputEvent} */ event) => (this.name = inputText(event))} />
        <p class="hint" id="enrol-name-hint">${t('enrol.name_hint')}</p>
      </div>`;
  }

  /** @private @param {boolean} open */
  openScanner(open) {
    this.scanning = open;
    this.requestUpdate();
  }

  /** @private */
  renderScanner() {
    return html`${appBar({ title: t('enrol.scan_code'), back: () => this.openScanner(false) })}
      <dp-code-reader .hint=${t('enrol.scan_hint')}
        @code=${(/** @type {CustomEvent<string>} */ event) => this.scanned(event.detail)}></dp-code-reader>
      <div class="foot">
        <button type="button" class="big" @click=${() => this.openScanner(false)}>${t('enrol.type_instead')}</button>
      </div>`;
  }
}

/** @param {Event} event @returns {string} */
function inputText(event) {
  return event.target instanceof HTMLInputElement ? event.target.value : '';
}

/** @param {Capability} one */
function checkRow(one) {
  const look = one.ok ? 'ok' : one.needed ? 'no' : 'soft';
  const words = one.ok ? t(`enrol.can_${one.name}`) : t(`enrol.cannot_${one.name}`);
  return html`<li class="check ${look}">${one.ok ? doneIcon : one.needed ? noIcon : warnIcon}<span>${words}</span></li>`;
}

// The scanner is an element of its own; naming it here keeps it in the bundle.
void CodeReader;
customElements.define('dp-enrol', EnrolScreen);
