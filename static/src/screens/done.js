/** After a count: what was counted, where the film is, by when the receiver must act; then the next parcel. */

import { html, nothing } from 'lit';
import { wholeUnits } from '../store/continued.js';
import { getSetting } from '../store/settings.js';
import { captures } from '../sync/captures.js';
import { refreshSnapshot } from '../sync/refresh.js';
import { appBar } from '../ui/app_bar.js';
import { doneIcon, scanIcon, warnIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { onState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { afterCount, afterKeys, afterNews } from './after_count.js';
import { captureRow } from './capture_state.js';
import { sumOf } from './count_resume.js';
import { chinaCount, estimatesOfLine, storyCard, takeStory } from './done_parts.js';
import { variantOf } from './goods.js';
import { actByText, loadParcel } from './parcel_facts.js';

/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */

const CUTS = new Set(['stalled', 'camera_ended', 'recorder', 'storage_full', 'storage']);

export class DoneScreen extends View {
  constructor() {
    super();
    this.parcelId = '';
    this.takeId = '';
    /** @type {string | null} */
    this.cut = null;
    this.loaded = false;
    /** @type {ParcelFacts | null} */
    this.facts = null;
    /** @type {import('./after_count.js').AfterCount | null} */
    this.afterwards = null;
    /** @type {import('./done_parts.js').TakeStory | null} */
    this.story = null;
    /** @type {import('../sync/captures.js').Capture | null} */
    this.capture = null;
    /** @private the server was asked for what was counted in China */
    this.asked = false;
    /** @private @type {() => void} */
    this.unlisten = () => undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.unlisten = onState(() => void this.loadCapture());
    void this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
  }

  /** @private */
  async load() {
    this.facts = await loadParcel(this.parcelId);
    this.story = await takeStory(this.facts, this.takeId);
    this.afterwards = this.story?.record?.closed === 'complete' ? await afterCount(this.parcelId) : null;
    this.loaded = true;
    await this.loadCapture();
  }

  /** @private */
  async loadCapture() {
    this.capture = (await captures()).find((one) => one.takeId === this.takeId) ?? null;
    this.requestUpdate();
    void this.askForChina().catch(() => (this.asked = false));
  }

  /** In Vietnam the server tells China's count once it has the own one; until then it is no secret of this phone's. @private */
  async askForChina() {
    const sent = ['committed', 'uploading', 'verified'].includes(this.capture?.state ?? '');
    if (this.asked || !sent) return;
    this.asked = true;
    if ((await getSetting('site'))?.kind !== 'VN_warehouse') return;
    await refreshSnapshot();
    this.facts = await loadParcel(this.parcelId);
    this.requestUpdate();
  }

  render() {
    return html`${appBar({ title: this.facts?.customerCode || t('count.title'), go: (path) => this.go(path) })}
      <div class="page" tabindex="0" role="group" aria-label=${t('take.units_counted')}>${this.loaded ? this.renderResult() : waiting(t('phone.loading'))}</div>
      <div class="foot">
        ${afterKeys(this.afterwards, (path) => this.go(path))}
        <button type="button" class="big ${this.afterwards?.differs || this.afterwards?.sample ? 'plain' : 'main'} shutter" @click=${() => this.go('/scan')}>${scanIcon}${t('take.next_parcel')}</button>
      </div>`;
  }

  /** @private */
  renderResult() {
    const { story } = this;
    const tally = story?.record?.tally ?? [];
    const own = new Map(tally.map(({ line, units }) => [line, units]));
    const whole = wholeUnits(own, story?.from ?? null) ?? own;
    const total = sumOf(whole);
    const interrupted = story?.record?.closed !== 'complete';
    const actBy = this.facts ? actByText(this.facts.view) : null;
    return html`${interrupted ? this.renderCut(total) : nothing} ${afterNews(this.afterwards)}
      <section class="card result ${interrupted ? 'cut' : ''}">
        <p class="tick">${interrupted ? warnIcon : doneIcon}</p>
        <p class="sum">${total}</p>
        <p class="lead">${t('take.units_counted')}</p>
      </section>
      <section class="card tight">
        <ul class="rows">
          ${tally.map(
            ({ line, units }) => html`<li>
              <span class="grow">${this.lineName(line)}${story ? estimatesOfLine(story, line) : nothing}${chinaCount(this.facts, line)}</span
              ><span class="amount">${whole.get(line) ?? units}</span>
            </li>`,
          )}
        </ul>
      </section>
      ${story ? storyCard(story) : nothing}
      <section class="card">
        <dl class="facts stacked">
          <dt>${t('take.act_by')}</dt>
          <dd class="number">${actBy ?? t('take.act_by_unknown')} <span class="quiet small">${t('take.act_by_note')}</span></dd>
          <dt>${t('take.upload')}</dt>
          <dd>${this.capture ? captureRow(this.capture) : nothing}</dd>
        </dl>
      </section>`;
  }

  /** @private @param {string} id */
  lineName(id) {
    const line = this.facts?.lines.find((one) => one.id === id);
    return line ? variantOf(line) : id.slice(0, 8);
  }

  /** @private @param {number} total */
  renderCut(total) {
    const what = this.cut && CUTS.has(this.cut) ? t(`take.cut_${this.cut}`) : t('take.cut');
    const safe = this.story?.record ? t('take.cut_safe', { n: total }) : t('count.close_failed_safe');
    return messageBox({ kind: 'warn', what, safe, next: t('take.cut_next') });
  }
}

customElements.define('dp-done', DoneScreen);
