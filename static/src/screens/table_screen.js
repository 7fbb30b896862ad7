/** A screen of the receiving table: one parcel with everything recorded of it, one record written at a time. */

import { html, nothing } from 'lit';
import { signalDone, signalRefused, unlockSound } from '../device/feedback.js';
import { appBar } from '../ui/app_bar.js';
import { messageBox, waiting } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { refsOf } from './parcel_facts.js';
import { mayFilm } from './parcel_flow.js';
import { loadWork } from './parcel_work.js';
import { refusalWords } from './refusal.js';
import { parcelPath } from './routes.js';
import { Viewfinder } from './viewfinder.js';

/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */
/** @typedef {import('./viewfinder.js').Shot} Shot */
/** What lit can show. @typedef {unknown} Part */

export class TableScreen extends View {
  constructor() {
    super();
    this.parcelId = '';
    /** What it captures is outside the box; the address alone leads here too. @protected */
    this.ofGoods = false;
    /** @type {ParcelWork | null} */
    this.work = null;
    /** @protected */
    this.unknown = false;
    this.busy = false;
    this.problem = '';
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** @protected @returns {Promise<void>} */
  async load() {
    const work = await loadWork(this.parcelId);
    // The parcel's screen asks for what is still open, or why it is left out.
    if (this.ofGoods && work && !mayFilm(work.progress)) return this.back();
    if (work) await this.loaded(work);
    this.work = work;
    this.unknown = work === null;
    this.requestUpdate();
  }

  /** What a screen reads besides. @protected @param {ParcelWork} _work @returns {Promise<void>} */
  async loaded(_work) {}

  /** @protected @returns {import('./count_drafts.js').ParcelRefs} @throws {Error} nothing is loaded */
  get refs() {
    if (!this.work) throw new Error('no parcel');
    return refsOf(this.work.parcel);
  }

  /**
   * @protected
   * @param {(work: ParcelWork) => Promise<unknown>} write
   * @param {{ heard?: boolean }} [how] heard: the viewfinder has beeped
   * @returns {Promise<boolean>} whether it was kept
   */
  async write(write, { heard = false } = {}) {
    if (this.busy || !this.work) return false;
    unlockSound();
    this.busy = true;
    this.problem = '';
    this.requestUpdate();
    let kept = true;
    try {
      await write(this.work);
      if (!heard) signalDone();
    } catch (error) {
      signalRefused();
      kept = false;
      this.problem = refusalWords(error);
    } finally {
      this.busy = false;
    }
    await this.load();
    return kept;
  }

  back() {
    this.go(parcelPath(this.parcelId), { replace: true });
  }

  /**
   * @protected
   * @param {{ title: string, body: (work: ParcelWork) => { page: Part, foot: Part, camera?: Part }, back?: () => void }} what
   */
  frame({ title, body, back = () => this.back() }) {
    const bar = appBar({ title, back, go: (path) => this.go(path) });
    if (this.unknown) {
      return html`${bar}<div class="page">${messageBox({ kind: 'warn', what: t('phone.parcel_unknown'), next: t('phone.parcel_unknown_next') })}</div>`;
    }
    if (!this.work) return html`${bar}<div class="page">${waiting(t('phone.loading'))}</div>`;
    const { page, foot, camera = nothing } = body(this.work);
    return html`${bar}<div class="receive table ${camera === nothing ? '' : 'with-camera tall'}" @pointerdown=${() => unlockSound()}>
      ${camera}
      <div class="page" tabindex="0" role="group" aria-label=${title}>
        ${this.problem ? messageBox({ what: this.problem, safe: t('receive.kept_before'), next: t('phone.arrive_again') }) : nothing} ${page}
      </div>
      ${foot === nothing ? nothing : html`<div class="foot">${foot}</div>`}
    </div>`;
  }

  /** @protected @param {string} hint @param {(shot: Shot) => void} onShot */
  camera(hint, onShot) {
    return html`<dp-viewfinder .hint=${hint} .busy=${this.busy}
      @shot=${(/** @type {CustomEvent<Shot>} */ event) => onShot(event.detail)}></dp-viewfinder>`;
  }
}

void Viewfinder;
