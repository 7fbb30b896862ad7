/** What waits at this site: three counters, each a way to its parcels, and whether everything here is safe. */

import { html, nothing } from 'lit';
import { deviceToServer } from '../core/receipt_time.js';
import { wall } from '../device/clock.js';
import { getSetting } from '../store/settings.js';
import { worklists } from '../store/worklists.js';
import { shieldDoneIcon, shieldIcon, warnIcon } from '../ui/icons.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { listPath } from './routes.js';

/** @typedef {import('../store/worklists.js').ListName} ListName */

/** @type {readonly ListName[]} */
export const LISTS = Object.freeze(['arrived', 'to_count', 'urgent']);
const AGAIN_MS = 30_000;

/** @returns {Promise<number>} epoch milliseconds by the server's clock, as well as it is known */
export async function serverNow() {
  return deviceToServer(wall(), await getSetting('offset'))?.ms ?? wall();
}

export class Counters extends View {
  constructor() {
    super();
    /** @type {import('../store/worklists.js').Worklists | null} */
    this.lists = null;
    /** @private @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
    this.timer = setInterval(() => void this.load(), AGAIN_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  /** @private */
  async load() {
    this.lists = await worklists(await serverNow());
    this.requestUpdate();
  }

  render() {
    const { lists } = this;
    return html`<div class="counters">
        ${LISTS.map((name) => {
          const n = lists?.[name].length;
          return html`<button type="button" class="counter ${name === 'urgent' && n ? 'hot' : ''}" data-list=${name}
            @click=${() => this.go(listPath(name))}><strong class="number">${n ?? '–'}</strong><span>${t(`lists.${name}`)}</span></button>`;
        })}
      </div>
      ${this.renderSafety()}`;
  }

  /** @private */
  renderSafety() {
    const { unsafe, online, site } = appState();
    if (!site) return nothing;
    const risk = unsafe > 0 && online === false;
    const words = unsafe === 0 ? t('safety.all') : t(risk ? 'safety.at_risk' : 'safety.waiting', { n: unsafe });
    const look = unsafe === 0 ? 'ok' : risk ? 'bad' : 'wait';
    return html`<button type="button" class="safety state ${look}" data-safety=${look} @click=${() => this.go('/captures')}>
      ${unsafe === 0 ? shieldDoneIcon : risk ? warnIcon : shieldIcon}<span>${words}</span></button>`;
  }
}

customElements.define('dp-counters', Counters);
