/** Goods beside their listing (EV-03): the listing large on one phone, the picture of both taken with another. */

import { html, nothing } from 'lit';
import { boxIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';
import { variantOf } from './goods.js';
import { keepPhoto } from './keep_photo.js';
import { TableScreen } from './table_screen.js';

/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */
/** @typedef {import('./viewfinder.js').Shot} Shot */

export class ListingScreen extends TableScreen {
  constructor() {
    super();
    this.ofGoods = true;
    /** @type {string | null} */
    this.line = null;
    /** Only the listing is on the screen, for another phone's camera. */
    this.showing = false;
    /** @private */
    this.shots = 0;
  }

  /** @protected @param {ParcelWork} work */
  async loaded({ parcel }) {
    this.line ??= parcel.lines[0]?.id ?? null;
  }

  /** @private @param {Shot} shot */
  async shot(shot) {
    const kept = await this.write((work) => {
      const about = work.facts.filter(({ kind, gone }) => kind === 'discrepancy' && !gone).at(-1)?.id ?? null;
      return keepPhoto({ refs: this.refs, slot: 'EV-03', line: this.line, about, ...shot });
    }, { heard: true });
    if (kept) this.shots += 1;
    this.requestUpdate();
  }

  /** @private @param {boolean} on */
  show(on) {
    this.showing = on;
    this.requestUpdate();
  }

  render() {
    const line = this.work?.parcel.lines.find(({ id }) => id === this.line);
    if (this.showing && this.work && line) return this.listing(line, this.work.parcel.pictures.get(line.id));
    return this.frame({
      title: t('slot.EV-03'),
      body: ({ parcel }) => ({
        camera: this.camera(t('listing.aim'), (shot) => void this.shot(shot)),
        page: html`<p class="lead">${t('listing.how')}</p><p class="quiet" data-shots=${this.shots}>${t('receive.photos', { n: this.shots })}</p>
          <div class="choices-down">${parcel.lines.length < 2
            ? nothing
            : parcel.lines.map((one) => html`<button type="button" class="option" data-line=${one.id} aria-pressed=${one.id === this.line ? 'true' : 'false'}
                @click=${() => {
                  this.line = one.id;
                  this.requestUpdate();
                }}>${variantOf(one)}</button>`)}</div>`,
        foot: html`<button type="button" class="big plain" data-show-listing ?disabled=${!line} @click=${() => this.show(true)}>${t('listing.show')}</button>
          <button type="button" class="big ${this.shots > 0 ? 'main' : 'plain'}" data-done @click=${() => this.back()}>${t('receive.done')}</button>`,
      }),
    });
  }

  /** @private @param {import('../store/snapshot.js').Line} line @param {string | undefined} picture */
  listing(line, picture) {
    const variant = variantOf(line);
    return html`<div class="listing-sheet">
      ${picture ? html`<img src=${picture} alt="" />` : html`<span class="no-picture" aria-hidden="true">${boxIcon}</span>`}
      <div class="listing-words"><h1>${line.title}</h1>
        ${variant === line.title ? nothing : html`<p>${variant}</p>`}
        ${line.spec && line.spec !== variant ? html`<p>${line.spec}</p>` : nothing}</div>
      <button type="button" class="big plain" data-hide-listing @click=${() => this.show(false)}>${t('phone.back')}</button>
    </div>`;
  }
}

customElements.define('dp-listing', ListingScreen);
