/**
 * Short now, not later: what is wrong is stated first, then everything that can prove it is asked for while the goods
 * still lie on the table (domain.md 4.2). The account holder is told at once, and told not to confirm receipt (G-6).
 */

import { html, nothing } from 'lit';
import { parseLabel } from '../core/label.js';
import { COUNT_DIFFERS, rowsOf, skipStep } from '../core/table_evidence.js';
import { waybillKeys } from '../core/waybill.js';
import { signalDone } from '../device/feedback.js';
import { doneIcon, noIcon, photoIcon, recordIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { variantOf } from './goods.js';
import { discrepancyDraft, itemIdDraft, tableWeighingDraft } from './inspect_drafts.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { skipDraft } from './receiving_drafts.js';
import { itemIdText } from './recorded.js';
import { mayShow } from './parcel_flow.js';
import { earlyNote } from './parcel_panels.js';
import { guidedPath, resultPath } from './routes.js';
import { TableScreen } from './table_screen.js';
import { WeighPad } from './weigh.js';

/** @typedef {import('../core/table_evidence.js').RowState} RowState */
/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */
/** @typedef {import('./viewfinder.js').Shot} Shot */

/** Types that speak of a line's units, as far as the person knows how many. */
const WITH_UNITS = new Set(['short_count', 'surplus', 'damaged', 'wrong_item', 'missing_items', 'functional_defect']);
/** Why something cannot be shown, by slot; the likeliest first. @type {Readonly<Record<string, readonly string[]>>} */
const REASONS = {
  'EV-14': ['no-scale', 'too-heavy', 'camera-broken'],
  'EV-16': ['no-scale', 'too-heavy', 'camera-broken'],
  'EV-10': ['no-label', 'camera-broken'],
  'EV-24': ['box-gone', 'camera-broken'],
  'EV-13': ['box-gone', 'camera-broken'],
  'EV-12': ['label-unreadable', 'box-gone', 'camera-broken'],
  'EV-17': ['nothing-there', 'box-gone', 'camera-broken'],
};
const OTHER_REASONS = Object.freeze(['goods-gone', 'no-time', 'camera-broken', 'importer-said']);
/** Types that ask for the ID of one received item (S2-26). */
const WITH_ITEM_ID = new Set(['wrong_item', 'wrong_parcel']);
const MOST_DIGITS = 5;
const MOST_OF_ID = 200;

export class DiscrepancyScreen extends TableScreen {
  constructor() {
    super();
    /** One of DISCREPANCIES, or COUNT_DIFFERS. */
    this.type = '';
    /** The line that it is about; null: the whole parcel. @type {string | null} */
    this.line = null;
    this.units = '';
    /** What stands on the item, typed or scanned. */
    this.itemId = '';
    /** What the camera read of it last: only that gives way to another code. @private */
    this.scanned = '';
    /** The row whose picture is taken. @type {string | null} */
    this.row = null;
    /** The row that is being left out. @type {string | null} */
    this.skipping = null;
    /** Something else is wrong too: state it once more. */
    this.again = false;
  }

  /** What the pictures are about. @private @param {ParcelWork} work @returns {Fact | null} */
  stated({ facts }) {
    const standing = facts.filter(({ gone }) => !gone);
    const of = (/** @type {Fact} */ { kind, slot, values }) =>
      this.type === COUNT_DIFFERS ? kind === 'take' && slot === 'EV-18' && values.closed === 'complete' : kind === 'discrepancy' && values.type === this.type;
    return standing.filter(of).at(-1) ?? null;
  }

  /** @private */
  async state() {
    const { type, line } = this;
    const units = WITH_UNITS.has(type) && /^[1-9]\d*$/.test(this.units) ? Number(this.units) : null;
    const kept = await this.write(({ parcel }) => {
      const order = parcel.lines.find(({ id }) => id === line)?.orderId;
      const refs = order ? { ...this.refs, orders: [order] } : this.refs;
      return keepRecord(discrepancyDraft(refs, nowSpan(), { type, line, units }));
    });
    if (kept) this.again = false;
    this.requestUpdate();
  }

  /** @private @param {RowState} row @param {Shot} shot */
  async shot(row, shot) {
    const pad = /** @type {WeighPad | null} */ (this.querySelector('dp-weigh-pad'));
    const weight = row.weigh && pad?.text ? pad.ready() : null;
    // A reading that cannot be right is corrected before its picture is kept.
    if (row.weigh && pad?.text && !weight) return;
    const kept = await this.write(async (work) => {
      const stated = this.stated(work)?.id ?? null;
      const opened = row.slot === 'EV-14';
      const weighing = weight && (await keepRecord(tableWeighingDraft(this.refs, nowSpan(), { ...weight, opened })));
      const line = this.stated(work)?.values.line ?? null;
      if (row.key === 'item_id') await this.keepItemId(work);
      await keepPhoto({ refs: this.refs, slot: row.slot, line, about: weighing ? weighing.id : stated, ...shot });
    }, { heard: true });
    if (kept) this.turnTo(null);
  }

  /** @private @param {ParcelWork} work */
  async keepItemId(work) {
    const text = this.itemId.trim();
    if (!text || !WITH_ITEM_ID.has(this.type)) return;
    const stated = this.stated(work);
    await keepRecord(itemIdDraft(this.refs, nowSpan(), { line: stated?.values.line ?? null, about: stated?.id ?? null, text }));
    // The picture may still fail: once more must not write it twice.
    this.itemId = this.scanned = '';
  }

  /** The ID alone: its picture was taken before, or comes next. @private */
  async saveItemId() {
    if (await this.write((work) => this.keepItemId(work))) this.turnTo(null);
  }

  /** @private @param {string | null} row */
  turnTo(row) {
    this.row = row;
    this.skipping = null;
    this.requestUpdate();
  }

  /** @private @param {RowState} row @param {string} reason */
  async skip(row, reason) {
    await this.write(() => keepRecord(skipDraft(this.refs, nowSpan(), { step: skipStep(row), reason })));
    this.turnTo(null);
  }

  render() {
    const title = this.type === COUNT_DIFFERS ? t('evidence.differs') : t(`discrepancy.${this.type}`);
    return this.frame({
      title,
      back: () => (this.row ? this.turnTo(null) : this.back()),
      body: (work) => {
        if (!this.stated(work) || this.again) return this.statePart(work);
        const rows = rowsOf(this.type, work.facts, { opened: work.progress.opened !== null });
        const row = rows.find(({ key }) => key === this.row);
        return row ? this.cameraPart(row) : this.listPart(work, rows);
      },
    });
  }

  /** @private @param {ParcelWork} work */
  statePart({ parcel }) {
    if (this.type === COUNT_DIFFERS) return { page: messageBox({ kind: 'warn', what: t('sample.not_counted'), next: t('sample.not_counted_next') }), foot: nothing };
    const lines = parcel.lines;
    const chosen = (/** @type {string | null} */ id) => (this.line === id ? 'true' : 'false');
    const choose = (/** @type {string | null} */ id) => () => {
      this.line = id;
      this.requestUpdate();
    };
    const page = html`<p class="panel-question">${t('evidence.which')}</p>
      <div class="choices-down">
        ${lines.map((line) => html`<button type="button" class="option" data-line=${line.id} aria-pressed=${chosen(line.id)} @click=${choose(line.id)}>${variantOf(line)}</button>`)}
        <button type="button" class="option" data-line="" aria-pressed=${chosen(null)} @click=${choose(null)}>${t('judge.whole')}</button>
      </div>
      ${WITH_UNITS.has(this.type)
        ? html`<div class="field"><label for="units-affected">${t('evidence.units')}</label>
            <input id="units-affected" inputmode="numeric" pattern="[0-9]*" maxlength=${MOST_DIGITS} autocomplete="off" .value=${this.units}
              @input=${(/** @type {Event} */ event) => {
                this.units = /** @type {HTMLInputElement} */ (event.target).value.replace(/\D/g, '');
              }} /><p class="hint">${t('evidence.units_hint')}</p></div>`
        : nothing}`;
    const foot = html`<button type="button" class="big main" data-state ?disabled=${this.busy} @click=${() => void this.state()}>${doneIcon}${t('evidence.state')}</button>`;
    return { page, foot };
  }

  /** @private @param {ParcelWork} work @param {RowState[]} rows */
  listPart(work, rows) {
    const open = rows.filter(({ state }) => state === 'open' || state === 'waits').length;
    const page = html`${messageBox({ kind: 'warn', what: t('evidence.told'), next: t('evidence.no_confirm') })}
      <p class="lead" data-open=${open}>${open > 0 ? t('evidence.now', { n: open }) : t('evidence.all')}</p>
      <ul class="evidence-rows">${rows.map((row) => this.rowOf(row, work))}</ul>
      ${this.type === COUNT_DIFFERS
        ? nothing
        : html`<button type="button" class="link" data-again @click=${() => {
            this.again = true;
            this.requestUpdate();
          }}>${t('evidence.once_more')}</button>`}`;
    const look = open > 0 ? 'plain' : 'main';
    return { page, foot: html`<button type="button" class="big ${look}" data-result @click=${() => this.go(resultPath(this.parcelId))}>${t('judge.to_result')}</button>` };
  }

  /** @private @param {ParcelWork} work @returns {Fact[]} IDs that were kept of what is stated here */
  itemIds(work) {
    const about = this.stated(work)?.id;
    return work.facts.filter(({ kind, gone, values }) => kind === 'item-id' && !gone && values.about === about);
  }

  /** @private @param {RowState} row @param {ParcelWork} work */
  rowOf(row, work) {
    const { key, slot, state, film } = row;
    const ids = key === 'item_id' ? this.itemIds(work) : [];
    const marks = { done: doneIcon, skipped: noIcon, open: nothing, waits: nothing };
    const early = state === 'open' && !mayShow(row, work.progress);
    const press = () => (early ? this.back() : film ? this.go(guidedPath(this.parcelId, slot)) : this.turnTo(key));
    return html`<li class=${state} data-row=${key} data-state=${state}>
      <div class="evidence-text"><strong>${marks[state]}${t(`evidence.name_${key}`)}</strong><span>${t(`evidence.show_${key}`)}</span>${ids.map(({ values }) => html`<span data-item-id>${itemIdText(values)}</span>`)}${early ? earlyNote(work.progress) : nothing}</div>
      ${state === 'open'
        ? html`<button type="button" class="option soft" data-cannot aria-label="${t('evidence.cannot')} ${t(`evidence.name_${key}`)}" @click=${() => {
              this.skipping = this.skipping === key ? null : key;
              this.requestUpdate();
            }}>${t('evidence.cannot')}</button>`
        : nothing}
      <button type="button" class="row-camera" data-shoot aria-label=${t(`evidence.name_${key}`)} ?disabled=${state === 'waits' || this.busy} @click=${press}>${film ? recordIcon : photoIcon}</button>
      ${this.skipping === key
        ? html`<div class="options">${[...(REASONS[slot] ?? OTHER_REASONS)].map(
            (reason) => html`<button type="button" class="option" data-skip=${reason} @click=${() => void this.skip(row, reason)}>${t(`skip_reason.${reason}`)}</button>`,
          )}</div>`
        : nothing}
    </li>`;
  }

  /** @private @param {RowState} row */
  cameraPart(row) {
    if (row.key === 'item_id' && WITH_ITEM_ID.has(this.type)) return this.itemIdPart(row);
    return {
      camera: this.camera(t(`evidence.show_${row.key}`), (shot) => void this.shot(row, shot)),
      page: row.weigh
        ? html`<p class="panel-question">${t('evidence.type_weight')}</p><dp-weigh-pad .disabled=${this.busy} @weight=${() => this.requestUpdate()}></dp-weigh-pad>`
        : html`<p class="lead">${t(`evidence.name_${row.key}`)}</p><p>${t(`evidence.show_${row.key}`)}</p>`,
      foot: row.weigh ? nothing : html`<button type="button" class="big plain" @click=${() => this.turnTo(null)}>${t('phone.back')}</button>`,
    };
  }

  /** A code in front of the camera, or of a wedge scanner; the parcel's own labels and waybill stand beside the item. @private @param {string} text */
  scannedItem(text) {
    const { parcel } = this.work?.parcel.view ?? {};
    const own = parseLabel(text).code !== null || waybillKeys(text).some((key) => parcel?.waybills.some((one) => one.number_norm === key));
    if (own || (this.itemId !== '' && this.itemId !== this.scanned)) return;
    if (text !== this.itemId) signalDone();
    this.itemId = this.scanned = text.slice(0, MOST_OF_ID);
    this.requestUpdate();
  }

  /** @private @param {RowState} row */
  itemIdPart(row) {
    return {
      camera: html`<dp-viewfinder .hint=${t('evidence.aim_item_id')} .busy=${this.busy} .reads=${true}
        @shot=${(/** @type {CustomEvent<Shot>} */ event) => void this.shot(row, event.detail)}
        @code=${(/** @type {CustomEvent<string>} */ event) => this.scannedItem(event.detail)}></dp-viewfinder>`,
      page: html`<div class="field"><label for="item-id">${t('evidence.item_id')}</label>
        <input id="item-id" maxlength=${MOST_OF_ID} autocomplete="off" autocapitalize="characters" spellcheck="false" .value=${this.itemId}
          @input=${(/** @type {Event} */ event) => {
            this.itemId = /** @type {HTMLInputElement} */ (event.target).value;
            this.requestUpdate();
          }} /><p class="hint">${t('evidence.item_id_hint')}</p></div>`,
      foot: this.itemId.trim()
        ? html`<button type="button" class="big plain" data-save-item ?disabled=${this.busy} @click=${() => void this.saveItemId()}>${t('evidence.item_id_save')}</button>`
        : html`<button type="button" class="big plain" @click=${() => this.turnTo(null)}>${t('phone.back')}</button>`,
    };
  }
}

void WeighPad;
customElements.define('dp-discrepancy', DiscrepancyScreen);
