/** What a claim still lacks and only somebody at the goods can show: a to-do that the desk's claim puts on this phone. */

import { html, nothing } from 'lit';
import { GUIDES } from '../core/guides.js';
import { choicesOf, stillWanted } from '../core/wanted.js';
import { doneIcon, photoIcon, recordIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { variantOf } from './goods.js';
import { keepPhoto } from './keep_photo.js';
import { mayShow } from './parcel_flow.js';
import { earlyNote } from './parcel_panels.js';
import { countPath, guidedPath, wantedPath } from './routes.js';
import { TableScreen } from './table_screen.js';

/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */
/** @typedef {import('./viewfinder.js').Shot} Shot */
/** @typedef {import('../core/wanted.js').Wanted} Wanted */

/** Films of the count itself. */
const COUNTED = new Set(['EV-01', 'EV-18']);

/** @param {ParcelWork} work */
const openOf = ({ parcel, facts }) => stillWanted(parcel.view.parcel.wanted ?? [], facts);

/** On the parcel's own screen. @param {ParcelWork} work @param {(path: string) => void} go */
export function wantedCard(work, go) {
  const open = openOf(work);
  if (open.length === 0) return nothing;
  return html`<section class="card stack" data-wanted=${open.length}>
    <p class="lead">${t('wanted.card', { n: open.length })}</p>
    <button type="button" class="big plain" data-to-wanted @click=${() => go(wantedPath(work.parcel.view.parcel.id))}>${photoIcon}${t('wanted.open')}</button>
  </section>`;
}

export class WantedScreen extends TableScreen {
  constructor() {
    super();
    /** Whose picture is taken; its `slot` is the one that was chosen. @type {Wanted | null} */
    this.shown = null;
  }

  /** @private @param {Wanted} one @param {ParcelWork} work */
  press(one, { progress }) {
    if (!mayShow(one, progress)) return this.back();
    if (COUNTED.has(one.slot)) return this.go(countPath(this.parcelId));
    if (GUIDES.has(one.slot)) return this.go(guidedPath(this.parcelId, one.slot));
    return this.turnTo(one);
  }

  /** @private @param {Wanted | null} one */
  turnTo(one) {
    this.shown = one;
    this.requestUpdate();
  }

  /** @private @param {Wanted} one @param {Shot} shot */
  async shot(one, shot) {
    const kept = await this.write(async () => void (await keepPhoto({ refs: this.refs, slot: one.slot, line: one.line, ...shot })), { heard: true });
    if (kept) this.turnTo(null);
  }

  render() {
    return this.frame({
      title: t('wanted.title'),
      back: () => (this.shown ? this.turnTo(null) : this.back()),
      body: (work) => (this.shown ? this.cameraPart(this.shown, work) : this.listPart(work)),
    });
  }

  /** @private @param {ParcelWork} work */
  listPart(work) {
    const open = openOf(work);
    const page = html`<p class="lead" data-open=${open.length}>${open.length > 0 ? t('wanted.now', { n: open.length }) : t('wanted.all')}</p>
      <ul class="evidence-rows">${open.map((one) => this.rowOf(one, work))}</ul>`;
    return { page, foot: html`<button type="button" class="big ${open.length > 0 ? 'plain' : 'main'}" data-back @click=${() => this.back()}>${doneIcon}${t('wanted.done')}</button>` };
  }

  /** @private @param {Wanted} one @param {ParcelWork} work */
  rowOf(one, work) {
    const { parcel, progress } = work;
    const line = parcel.lines.find(({ id }) => id === one.line);
    const choices = choicesOf(one);
    return choices.map((slot, n) => {
      const film = COUNTED.has(slot) || GUIDES.has(slot);
      return html`<li class="open" data-slot=${slot}>
        <div class="evidence-text"><strong>${n > 0 ? html`${t('wanted.or')} ` : nothing}${t(`slot.${slot}`)}</strong>${line && n === 0 ? html`<span>${variantOf(line)}</span>` : nothing}${n === 0 ? html`<span>${t('wanted.claim', { n: one.claim })}</span>` : nothing}${mayShow({ slot }, progress) ? nothing : earlyNote(progress)}</div>
        <button type="button" class="row-camera" data-shoot aria-label=${t(`slot.${slot}`)} ?disabled=${this.busy} @click=${() => this.press({ ...one, slot }, work)}>${film ? recordIcon : photoIcon}</button>
      </li>`;
    });
  }

  /** @private @param {Wanted} one @param {ParcelWork} work */
  cameraPart(one, { parcel }) {
    const line = parcel.lines.find(({ id }) => id === one.line);
    return {
      camera: this.camera(t(`slot.${one.slot}`), (shot) => void this.shot(one, shot)),
      page: html`<p class="lead">${t(`slot.${one.slot}`)}</p>${line ? messageBox({ kind: 'info', what: variantOf(line) }) : nothing}`,
      foot: html`<button type="button" class="big plain" @click=${() => this.turnTo(null)}>${t('phone.back')}</button>`,
    };
  }
}

customElements.define('dp-wanted', WantedScreen);
