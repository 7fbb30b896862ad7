/** Listed against measured, as typed: the 5 % rule of 1688 (S0-27), exact, one record a dimension. */

import { html, nothing } from 'lit';
import { ATTRIBUTES } from '../core/guides.js';
import { deviation, PLACES, readQuantity } from '../core/measurement.js';
import { LENGTH_UNITS } from '../core/record_kinds.js';
import { signalRefused } from '../device/feedback.js';
import { doneIcon, recordIcon } from '../ui/icons.js';
import { ERASE, keypad } from '../ui/keypad.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { goodsRow } from './goods.js';
import { measurementDraft } from './inspect_drafts.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { guidedPath } from './routes.js';
import { TableScreen } from './table_screen.js';

/** @typedef {import('../core/measurement.js').Quantity} Quantity */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */

const KEYS = ['1', '2', '3', ERASE, '4', '5', '6', '.', '7', '8', '9', '0'];
const LONGEST = 11;
const MASS_UNITS = Object.freeze(['g', 'kg']);

export class MeasureScreen extends TableScreen {
  constructor() {
    super();
    this.ofGoods = true;
    /** The film that shows it. @type {string | null} */
    this.take = null;
    /** @type {string | null} */
    this.line = null;
    this.attribute = 'length';
    /** @type {string} */
    this.unit = 'cm';
    /** @type {'listed' | 'measured'} */
    this.field = 'listed';
    this.text = { listed: '', measured: '' };
    /** A problem is said when the person wants to go on. @private */
    this.asked = false;
    /** @private */
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.typed(event);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('keydown', this.onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.onKey);
  }

  /** @protected @param {ParcelWork} work */
  async loaded({ parcel }) {
    this.line ??= parcel.lines.length === 1 ? parcel.lines[0]?.id ?? null : null;
  }

  /** @private @param {KeyboardEvent} event */
  typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (/^[0-9.]$/.test(event.key)) this.press(event.key);
    else if (event.key === ',') this.press('.');
    else if (event.key === 'Backspace') this.press(ERASE);
  }

  /** @param {string} key */
  press(key) {
    const text = this.text[this.field];
    if (key === ERASE) this.text[this.field] = text.slice(0, -1);
    else if (text.length < LONGEST && !(key === '.' && text.includes('.'))) this.text[this.field] = text + key;
    this.asked = false;
    this.requestUpdate();
  }

  /** @private @param {Partial<Pick<MeasureScreen, 'line' | 'attribute' | 'unit' | 'field'>>} change */
  choose(change) {
    Object.assign(this, change);
    if (change.attribute) this.unit = change.attribute === 'weight' ? 'g' : LENGTH_UNITS.some((unit) => unit === this.unit) ? this.unit : 'cm';
    this.asked = false;
    this.requestUpdate();
  }

  /** @returns {{ listed: Quantity, measured: Quantity, problem: null } | { problem: string | null }} problem null: still being typed */
  read() {
    const listed = readQuantity(this.text.listed, this.unit);
    const measured = readQuantity(this.text.measured, this.unit);
    if (!this.text.listed || !this.text.measured) return { problem: null };
    if (listed.problem !== null) return { problem: listed.problem };
    if (measured.problem !== null) return { problem: measured.problem };
    if (listed.quantity.milli === 0) return { problem: 'listed_not_positive' };
    return { listed: listed.quantity, measured: measured.quantity, problem: null };
  }

  /** @private */
  async save() {
    const read = this.read();
    this.asked = true;
    if (!('listed' in read) || !this.line) {
      signalRefused();
      this.requestUpdate();
      return;
    }
    const { line, attribute, take } = this;
    const what = { line, attribute, listed: read.listed, measured: read.measured, take };
    if (!(await this.write(() => keepRecord(measurementDraft(this.refs, nowSpan(), what))))) return;
    this.text = { listed: '', measured: '' };
    this.field = 'listed';
    this.asked = false;
    this.requestUpdate();
  }

  render() {
    return this.frame({
      title: t('measure.title'),
      body: (work) => ({ page: this.page(work), foot: this.foot() }),
    });
  }

  /** @private @param {ParcelWork} work */
  page(work) {
    const { lines } = work.parcel;
    const units = this.attribute === 'weight' ? MASS_UNITS : LENGTH_UNITS;
    return html`${lines.length > 1
        ? html`<div class="choices-down" role="group" aria-label=${t('evidence.which')}>${lines.filter(({ id }) => !this.line || id === this.line).map(
            (line) => html`<button type="button" class="option goods-option" data-line=${line.id} aria-pressed=${line.id === this.line ? 'true' : 'false'}
              @click=${() => this.choose({ line: this.line ? null : line.id })}>${goodsRow(line, work.parcel.pictures.get(line.id))}</button>`,
          )}</div>`
        : nothing}
      <div class="attributes" role="group" aria-label=${t('measure.what')}>${ATTRIBUTES.map(
        (one) => html`<button type="button" class="option" data-attribute=${one} aria-pressed=${one === this.attribute ? 'true' : 'false'}
          @click=${() => this.choose({ attribute: one })}>${t(`attribute.${one}`)}</button>`,
      )}</div>
      <div class="measure-fields">
        ${(/** @type {const} */ (['listed', 'measured'])).map(
          (field) => html`<button type="button" class="measure-field" data-field=${field} aria-pressed=${field === this.field ? 'true' : 'false'}
            @click=${() => this.choose({ field })}><span>${t(`measure.${field}`)}</span><output class="number">${this.text[field] || '–'} ${this.unitName(this.unit)}</output></button>`,
        )}
      </div>
      <div class="segments" role="group" aria-label=${t('weigh.unit')}>${units.map(
        (unit) => html`<button type="button" data-unit=${unit} aria-pressed=${unit === this.unit ? 'true' : 'false'} @click=${() => this.choose({ unit })}>${this.unitName(unit)}</button>`,
      )}</div>
      ${this.outcome()}
      ${keypad({ keys: KEYS, name: t(`measure.${this.field}`), erase: t('shift.erase'), disabled: this.busy, onPress: (key) => this.press(key) })}
      ${this.keptList(work)}`;
  }

  /** @private @param {string} unit */
  unitName(unit) {
    return unit === 'in' ? t('measure.inch') : unit;
  }

  /** @private */
  outcome() {
    const read = this.read();
    if ('listed' in read) return deviationLine(read.listed, read.measured);
    if (this.asked && read.problem) return html`<p class="field-error" role="alert">${t(`error.${read.problem}`)}</p>`;
    if (this.asked && !this.line) return html`<p class="field-error" role="alert">${t('evidence.which')}</p>`;
    return html`<p class="quiet">${t('measure.rule')}</p>`;
  }

  /** @private */
  foot() {
    const next = this.field === 'listed' && this.text.listed && !this.text.measured;
    const film = this.take
      ? nothing
      : html`<button type="button" class="big plain" @click=${() => this.go(guidedPath(this.parcelId, 'EV-02'))}>${recordIcon}${t('measure.film')}</button>`;
    if (next) return html`<button type="button" class="big main" data-next @click=${() => this.choose({ field: 'measured' })}>${t('measure.next')}</button>`;
    // Before the first digit there is nothing to keep, and the keys need the room.
    if (!this.text.listed && !this.text.measured) return html`${film}<button type="button" class="big plain" data-done @click=${() => this.back()}>${t('receive.done')}</button>`;
    return html`<button type="button" class="big main" data-save-measurement ?disabled=${this.busy || !this.text.measured || !this.line} @click=${() => void this.save()}>${doneIcon}${t('measure.save')}</button>`;
  }

  /** @private @param {ParcelWork} work */
  keptList({ facts }) {
    const kept = facts.filter(({ kind, gone }) => kind === 'measurement' && !gone);
    if (kept.length === 0) return nothing;
    return html`<section class="card recorded"><h2>${t('receive.recorded')}</h2><ul>
      ${kept.map(({ values }) => {
        const quantity = (/** @type {string | null | undefined} */ milli) => ({ milli: Number(milli), unit: values.unit ?? 'cm' });
        return html`<li data-fact="measurement"><div class="grow"><strong>${t(`attribute.${values.attribute}`)}</strong>
          <span class="quiet number">${shown(quantity(values.listed))} → ${shown(quantity(values.measured))} ${this.unitName(values.unit ?? '')}</span></div>
          ${deviationBadge(quantity(values.listed), quantity(values.measured))}</li>`;
      })}
    </ul></section>`;
  }
}

/** Without trailing zeros. @param {Quantity} quantity */
function shown({ milli }) {
  const text = String(milli).padStart(PLACES + 1, '0');
  return `${text.slice(0, -PLACES)}.${text.slice(-PLACES)}`.replace(/\.?0+$/, '') || '0';
}

/** @param {Quantity} listed @param {Quantity} measured */
function deviationText(listed, measured) {
  const { sign, percent } = deviation(listed, measured);
  return sign === 0 ? '0 %' : `${sign < 0 ? '−' : '+'}${percent} %`;
}

/** @param {Quantity} listed @param {Quantity} measured */
function deviationBadge(listed, measured) {
  const { qualifies } = deviation(listed, measured);
  return html`<span class="state ${qualifies ? 'bad' : 'ok'} number">${deviationText(listed, measured)}</span>`;
}

/** @param {Quantity} listed @param {Quantity} measured */
function deviationLine(listed, measured) {
  const { qualifies } = deviation(listed, measured);
  const what = `${deviationText(listed, measured)} · ${t(qualifies ? 'measure.qualifies' : 'measure.not_enough')}`;
  return html`<div data-qualifies=${qualifies ? 'yes' : 'no'}>${messageBox({ kind: qualifies ? 'warn' : 'info', what })}</div>`;
}

customElements.define('dp-measure', MeasureScreen);
