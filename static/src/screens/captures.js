/** What lies on this phone: each take, whether the server has it, and what would be lost with the phone. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { getSetting, putSetting } from '../store/settings.js';
import { captures } from '../sync/captures.js';
import { onState as onSync, poke } from '../sync/drain.js';
import { everythingSafe, queueTotals } from '../sync/totals.js';
import { appBar } from '../ui/app_bar.js';
import { ask } from '../ui/dialog.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState, onState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { captureRow, isAtRisk, sizeText } from './capture_state.js';
import { formerPhoneBody } from './former_phone.js';
import { PhoneCare } from './phone_care.js';

/** @typedef {import('../sync/captures.js').Capture} Capture */

/** Refusals that last until somebody makes room; the phone goes on trying. */
const HINDERS = new Set(['disk_full', 'quota_organisation', 'quota_site', 'quota_phone_day']);

export class CapturesScreen extends View {
  constructor() {
    super();
    /** @type {Capture[] | null} */
    this.list = null;
    /** @type {import('../sync/totals.js').Totals | null} */
    this.totals = null;
    /** @type {import('../store/settings.js').FormerPhone | null} */
    this.former = null;
    this.care = new PhoneCare();
    /** @type {string | null} */
    this.refused = null;
    /** @private @type {() => void} */
    this.unlisten = () => undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    const ends = [
      onState(() => void this.load()),
      onSync(({ error }) => {
        this.refused = error;
        this.requestUpdate();
      }),
    ];
    this.unlisten = () => ends.forEach((end) => end());
    void this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
  }

  /** @private */
  async load() {
    [this.list, this.totals, this.former] = await Promise.all([captures(), queueTotals(), getSetting('former')]);
    this.requestUpdate();
  }

  render() {
    return html`${appBar({ title: t('sync.title'), back: () => this.go('/scan') })}
      <div class="page">
        ${this.list ? this.renderList(this.list) : waiting(t('phone.loading'))} ${this.renderFormer()}
        ${this.care}
      </div>
      <div class="foot">
        <button type="button" class="big main" data-safe @click=${() => void this.check()}>${t('sync.safe_ask')}</button>
        <div class="pair">
          <button type="button" class="big plain" @click=${() => poke()}>${t('sync.send_now')}</button>
          <button type="button" class="big plain" data-this-phone @click=${() => this.go('/this-phone')}>${t('this_phone.title')}</button>
        </div>
      </div>`;
  }

  /** The end of a shift: yes or no, and what to do. @private */
  async check() {
    poke();
    const { safe, why, todo } = await everythingSafe(appState().online);
    const body = html`${why.map(({ code, n }) => html`<p>${t(`sync.why_${code}`, { n })}</p>`)}
      ${todo.map((code) => html`<p><strong>${t(`sync.todo_${code}`)}</strong></p>`)}
      ${appState().clockMoved ? html`<p>${t('sync.clock_moved')}</p>` : nothing}`;
    const title = safe ? t('sync.safe_yes') : t('sync.safe_no');
    await ask({ title, body, choices: [{ value: 'ok', label: t('phone.ok'), look: 'main' }], focus: 'ok' });
    await this.load();
  }

  /** @private */
  async formerRead() {
    await putSetting('former', null);
    await this.load();
  }

  /** @private */
  renderFormer() {
    if (!this.former) return nothing;
    return html`<section class="card stack" data-former><h2>${t('former.title')}</h2>
      ${formerPhoneBody(this.former, appState().site?.zone ?? 'Asia/Shanghai')}
      <button type="button" class="big plain" @click=${() => void this.formerRead()}>${t('former.read')}</button></section>`;
  }

  /** What the server last said against these captures, in words. @private @returns {string | null} */
  refusedWords() {
    if (this.refused === 'device_revoked') return t('sync.blocked_next');
    return this.refused && HINDERS.has(this.refused) ? t(`error.${this.refused}`) : null;
  }

  /** @private @param {Capture[]} list */
  renderList(list) {
    const risky = list.filter(isAtRisk).reduce((sum, { n }) => sum + n, 0);
    const { online } = appState();
    const next = this.refusedWords() ?? (online === false ? t('sync.offline_next') : t('sync.online_next'));
    return html`${risky > 0
        ? messageBox({ kind: 'warn', what: t('sync.at_risk', { n: risky }), next })
        : messageBox({ kind: 'info', what: t('sync.all_safe') })}
      ${appState().clockMoved ? messageBox({ kind: 'warn', what: t('sync.clock_moved'), next: t('sync.clock_moved_next') }) : nothing}
      ${list.length > 0 ? html`<ul class="card tight rows">${[...list].sort((a, b) => rank(a) - rank(b)).map(takeRow)}</ul>` : nothing}
      ${this.totals ? totalsCard(this.totals) : nothing}`;
  }
}

/** @param {import('../sync/totals.js').Totals} totals */
function totalsCard({ device, workers }) {
  if (device.only === 0 && device.records === 0) return nothing;
  const row = (/** @type {string} */ name, /** @type {import('../sync/totals.js').Total} */ { records, films, photos, aside, only }) => html`<li class="take-row">
    <div class="grow"><p><strong>${name}</strong></p>
      <p class="quiet number">${t('sync.total', { films, photos, records, size: sizeText(only) })}</p>
      ${aside > 0 ? html`<p class="state bad">${t('sync.why_aside', { n: aside })}</p>` : nothing}</div></li>`;
  return html`<ul class="card tight rows" data-totals>${row(t('sync.this_phone'), device)}
    ${workers.map((one) => row(one.worker ?? t('sync.nobody'), one))}</ul>`;
}

/** Whose goods, then what it is. @param {Capture} capture @returns {[string, string | null]} */
function titleOf({ kind, n, orderNos, state }) {
  if (kind === 'records') return [t('sync.records', { n }), null];
  const order = orderNos.join(', ') || t('sync.no_order');
  if (kind === 'take') return [order, t('sync.film')];
  const photos = t('sync.photos', { n });
  return state === 'verified' ? [photos, null] : [order, photos];
}

/** What somebody must do something about comes first, then what waits. @param {Capture} capture */
const rank = (capture) => (capture.state === 'problem' ? 0 : isAtRisk(capture) ? 1 : 2);

/** @param {Capture} capture */
function takeRow(capture) {
  const zone = appState().site?.zone ?? 'Asia/Shanghai';
  const [title, what] = titleOf(capture);
  return html`<li class="take-row">
    <div class="grow">
      <p class="number"><strong>${title}</strong></p>
      ${what ? html`<p>${what}</p>` : nothing}
      <p class="quiet number">${formatInstant(capture.startedMs, zone)}</p>
      ${captureRow(capture)}
    </div>
  </li>`;
}

customElements.define('dp-captures', CapturesScreen);
