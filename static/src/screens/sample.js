/** The sample of one line (S3-09): drawn, inspected unit after unit, finished; a bad tranche never holds up the next. */

import { html, nothing } from 'lit';
import { defectsOf } from '../core/inspection.js';
import { REDRAW_REASONS } from '../core/defects.js';
import { mayRecord } from '../core/receiving.js';
import { signalUndone } from '../device/feedback.js';
import { countsOf } from '../store/sample_records.js';
import { ask, confirmAsk } from '../ui/dialog.js';
import { doneIcon, noIcon, undoIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';
import { DefectChoice } from './defect.js';
import { goodsRow } from './goods.js';
import { keepPhoto } from './keep_photo.js';
import { samplePath, verdictPath } from './routes.js';
import { missingText, placeText, planFacts, standing, unitChips } from './sample_view.js';
import { forgetLook, keepDefect, keepDraw, keepInspection, keepLook, loadSample, plannedOf, takeBack } from './sample_work.js';
import { TableScreen } from './table_screen.js';

/** @typedef {import('../core/inspection.js').Inspection} Inspection */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */
/** @typedef {import('./sample_work.js').SampleWork} SampleWork */
/** @typedef {import('./sample_work.js').Tranche} Tranche */
/** @typedef {Tranche & { inspection: Inspection }} Running */

export class SampleScreen extends TableScreen {
  constructor() {
    super();
    this.line = '';
    /** @type {SampleWork | null} */
    this.sample = null;
    /** The tranche that is looked at; null: the first unfinished, else the last. @type {string | null} */
    this.chosen = null;
    /** Where the person is: at a unit, telling a defect, photographing it. @type {'unit' | 'defect' | 'photo'} */
    this.at = 'unit';
    /** The unit that is spoken of. @type {number | null} */
    this.unit = null;
    /** @private the defect whose photo is taken */
    this.defect = '';
    /** @private photos of it so far */
    this.shots = 0;
    /** Units that the inspector adds, by draw. @private @type {Map<string, number>} */
    this.more = new Map();
    /** The last thing done here, newest last: what undo takes back. @private @type {({ unit: number } | { defect: string })[]} */
    this.done = [];
  }

  /** @protected @param {ParcelWork} work */
  async loaded(work) {
    this.sample = await loadSample(work, this.line, this.more);
  }

  /** @returns {Tranche | null} */
  get tranche() {
    const all = this.sample?.tranches ?? [];
    const ways = [...all.map(({ draw }) => draw.id), ...all.map(({ lot }) => lot), ...all.map(({ draw }) => draw.values.tranche)];
    const found = this.chosen === null ? -1 : ways.indexOf(this.chosen);
    const chosen = found < 0 ? null : all[found % all.length];
    return chosen ?? all.find(({ inspection }) => inspection && !inspection.finished) ?? all.at(-1) ?? null;
  }

  /** @private @param {{ of: import('../core/receiving.js').Fact, reason: string } | null} again */
  async draw(again) {
    const { sample } = this;
    const count = sample?.undrawn ?? (again && (await this.countOf(again.of)));
    if (!sample || !count) return;
    this.chosen = again ? sample.tranches.find(({ draw }) => draw.id === again.of.id)?.lot ?? null : String(sample.next);
    this.done = [];
    await this.write((work) => keepDraw(work, sample, count, again));
  }

  /** The count that a draw was made of. @private @param {import('../core/receiving.js').Fact} draw */
  async countOf(draw) {
    const counts = await countsOf(this.parcelId, this.work?.facts ?? []);
    return counts.find(({ take }) => take === draw.values.take) ?? null;
  }

  /** @private @param {import('../core/receiving.js').Fact} of */
  async redraw(of) {
    const choices = REDRAW_REASONS.map((reason) => ({ value: reason, label: t(`redraw_reason.${reason}`) }));
    const reason = await ask({ title: t('sample.redraw_why'), body: html`<p>${t('sample.redraw_body')}</p>`, choices, cancel: t('phone.cancel') });
    if (reason) await this.draw({ of, reason });
  }

  /** @private @param {Running} tranche @param {number} unit */
  async ok(tranche, unit) {
    if (await this.write(() => keepLook(tranche, unit))) this.done.push({ unit });
    this.unit = null;
    this.requestUpdate();
  }

  /** @private @param {Running} tranche @param {number} unit @param {import('./defect.js').Said} said */
  async sayDefect(tranche, unit, said) {
    const what = { line: this.line, draw: tranche.draw.id, unit, ...said };
    const kept = await this.write(async (work) => {
      this.defect = await keepDefect(work, what);
      // A unit that passed before has a defect now.
      if (tranche.looked.includes(unit)) await forgetLook(tranche, unit);
    });
    if (!kept) return;
    this.done.push({ defect: this.defect });
    this.unit = unit;
    this.shots = 0;
    this.at = 'photo';
    this.requestUpdate();
  }

  /** @private @param {import('./viewfinder.js').Shot} shot */
  async shot(shot) {
    const { line, defect: about } = this;
    const kept = await this.write(() => keepPhoto({ refs: this.refs, slot: 'EV-09', also: ['EV-29'], line, about, ...shot }), { heard: true });
    if (kept) this.shots += 1;
    this.requestUpdate();
  }

  /** @private @param {'unit' | 'defect'} at */
  turnTo(at) {
    this.at = at;
    if (at === 'unit') this.unit = null;
    this.requestUpdate();
  }

  /** @private @param {Running} tranche */
  async undo(tranche) {
    const last = this.done.at(-1);
    if (!last) return;
    const undone = await this.write(async (work) => {
      const fact = 'defect' in last ? defectsOf(tranche.draw, work.facts).find(({ id }) => id === last.defect) : null;
      if (fact) await takeBack(work, fact);
      if ('unit' in last) await forgetLook(tranche, last.unit);
    }, { heard: true });
    if (!undone) return;
    signalUndone();
    this.done.pop();
    this.requestUpdate();
  }

  /** @private @param {Running} tranche @param {number} unit */
  async pick(tranche, unit) {
    const classes = tranche.inspection.found.get(unit);
    this.unit = unit;
    if (classes?.length === 0 && !tranche.inspection.finished) {
      const answer = await confirmAsk({ title: t('sample.unit', { n: unit }), yes: t('sample.was_defect'), no: t('phone.cancel') });
      if (answer) return this.turnTo('defect');
      this.unit = null;
    } else if (classes && !tranche.inspection.finished) await this.withdrawOf(tranche, unit);
    this.requestUpdate();
  }

  /** Takes all defects of a unit back, also those of an earlier day. @private @param {Running} tranche @param {number} unit */
  async withdrawOf({ draw }, unit) {
    const body = html`<p>${t('sample.has_defect')}</p>`;
    if (!(await confirmAsk({ title: t('sample.unit', { n: unit }), body, yes: t('sample.take_back'), no: t('phone.cancel'), danger: true }))) return;
    await this.write(async (work) => {
      for (const fact of defectsOf(draw, work.facts).filter(({ values }) => values.unit === String(unit))) await takeBack(work, fact);
    });
    this.done = [];
  }

  /** @private @param {Running} tranche */
  async oneMore({ draw, inspection }) {
    this.more.set(draw.id, inspection.units.length - Number(draw.values.n) + 1);
    this.unit = null;
    await this.load();
  }

  /** @private @param {Running} tranche */
  async finish({ inspection }) {
    const missing = missingText(inspection);
    if (missing) {
      const sure = await confirmAsk({ title: t('sample.early'), body: html`<p>${missing}</p>`, yes: t('sample.early_yes'), no: t('sample.go_on'), danger: true });
      if (!sure) return;
    }
    if (await this.write((work) => keepInspection(work, inspection))) this.go(this.nextPath(), { replace: true });
  }

  /** The next goods to sample, as long as a sample is asked; then the decision. @private */
  nextPath() {
    const { counted = [], facts = [], progress } = this.work ?? {};
    const drawn = new Set(facts.filter(({ kind, gone }) => kind === 'draw' && !gone).map(({ values }) => values.line));
    const next = counted.find((line) => !drawn.has(line));
    return next && progress?.asked.includes('sample') ? samplePath(this.parcelId, next) : verdictPath(this.parcelId);
  }

  render() {
    const { tranche } = this;
    const running = tranche?.inspection ? /** @type {Running} */ (tranche) : null;
    const inside = this.at !== 'unit' && running;
    return this.frame({
      title: t('sample.title'),
      back: () => (inside ? this.turnTo('unit') : this.back()),
      body: (work) => {
        if (inside && this.unit !== null) return this.at === 'photo' ? this.photoPart() : this.defectPart(running, this.unit);
        const refused = mayRecord('draw', {}, work.progress);
        if (!this.sample || refused) return this.notNow();
        return { page: this.page(work, this.sample, tranche), foot: this.foot(tranche) };
      },
    });
  }

  /** @private */
  notNow() {
    return {
      page: messageBox({ kind: 'warn', what: t('sample.not_counted'), next: t('sample.not_counted_next') }),
      foot: html`<button type="button" class="big main" @click=${() => this.back()}>${t('sample.to_parcel')}</button>`,
    };
  }

  /** @private @param {ParcelWork} work @param {SampleWork} sample @param {Tranche | null} tranche */
  page(work, sample, tranche) {
    const { line, tranches, undrawn } = sample;
    return html`<section class="card goods-head">${goodsRow(line, work.parcel.pictures.get(line.id))}</section>
      ${tranches.length > 1 ? this.tabs(tranches, tranche) : nothing}
      ${undrawn ? this.drawCard(sample, undrawn) : nothing}
      ${tranche ? this.trancheCard(tranche) : nothing}`;
  }

  /** @private @param {Tranche[]} tranches @param {Tranche | null} shown */
  tabs(tranches, shown) {
    return html`<div class="segments wide" role="group" aria-label=${t('sample.tranches')}>
      ${tranches.map(
        ({ draw, label }) => html`<button type="button" data-tranche=${label} aria-pressed=${draw === shown?.draw ? 'true' : 'false'}
          @click=${() => {
            this.chosen = draw.id;
            this.done = [];
            this.turnTo('unit');
          }}>${t('sample.tranche', { n: label })}</button>`,
      )}
    </div>`;
  }

  /** @private @param {SampleWork} sample @param {import('../store/sample_records.js').FilmedCount} count */
  drawCard(sample, count) {
    const { plan, n } = plannedOf(sample, count);
    const before = sample.tranches.at(-1)?.draw ?? null;
    const draw = html`<button type="button" class="big main" data-draw ?disabled=${this.busy} @click=${() => void this.draw(null)}>${t('sample.draw')}</button>`;
    return html`<section class="card stack">
      ${planFacts(plan, n)}
      ${before
        ? html`<p class="lead">${t('sample.counted_again')}</p>
            <button type="button" class="big" data-draw-same ?disabled=${this.busy}
              @click=${() => void this.draw({ of: before, reason: 'lot-recounted' })}>${t('sample.same_goods')}</button>
            <button type="button" class="big" data-draw-more ?disabled=${this.busy}
              @click=${() => void this.draw(null)}>${t('sample.more_goods', { n: sample.next })}</button>`
        : draw}
    </section>`;
  }

  /** @private @param {Tranche} tranche */
  trancheCard(tranche) {
    const { draw, inspection } = tranche;
    if (!inspection) return messageBox({ kind: 'info', what: t('sample.drawn_elsewhere'), next: t('sample.drawn_elsewhere_next') });
    const running = /** @type {Running} */ (tranche);
    const unit = inspection.finished ? null : this.unitNow(inspection);
    return html`${unit === null ? nothing : this.unitCard(running, unit)}
      <section class="card stack">
        ${unitChips(running, (one) => void this.pick(running, one))} ${standing(inspection)}
        ${planFacts(inspection.plan, Number(draw.values.n))}
        ${inspection.finished
          ? html`<p class="lead">${t('sample.finished')}</p>`
          : html`<button type="button" class="link" data-redraw @click=${() => void this.redraw(draw)}>${t('sample.redraw')}</button>`}
      </section>`;
  }

  /** @private @param {Inspection} inspection */
  unitNow({ units, next }) {
    return this.unit !== null && units.includes(this.unit) ? this.unit : next;
  }

  /** @private @param {Running} tranche @param {number} unit */
  unitCard({ inspection, aside, draw }, unit) {
    const bad = (inspection.found.get(unit) ?? []).length > 0;
    const at = inspection.units.indexOf(unit) + 1;
    return html`<section class="card unit-card" data-unit-now=${unit}>
      <p class="quiet number">${t('sample.unit_of', { at, of: inspection.units.length })}${at > Number(draw.values.n) ? html` · ${t('sample.beyond')}` : nothing}</p>
      <p class="unit-no">${t('sample.unit', { n: unit })}</p>
      <p class="lead">${placeText(unit, /** @type {SampleWork} */ (this.sample).line, inspection.plan.lot)}</p>
      ${aside.has(unit) ? html`<p class="aside-note">${t('sample.was_aside')}</p>` : nothing}
      ${bad ? html`<p class="aside-note bad">${t('sample.has_defect')}</p>` : nothing}
    </section>`;
  }

  /** @private @param {Tranche | null} tranche */
  foot(tranche) {
    if (!tranche?.inspection) return html`<button type="button" class="big plain" @click=${() => this.back()}>${t('sample.to_parcel')}</button>`;
    const running = /** @type {Running} */ (tranche);
    const { inspection } = running;
    const unit = this.unitNow(inspection);
    const undo = html`<button type="button" class="big plain undo-key" data-undo aria-label=${t('sample.undo')} ?disabled=${this.done.length === 0 || this.busy}
      @click=${() => void this.undo(running)}>${undoIcon}</button>`;
    if (inspection.finished) {
      return html`<button type="button" class="big main" data-verdict @click=${() => this.go(verdictPath(this.parcelId), { replace: true })}>${t('receive.to_verdict')}</button>
        <button type="button" class="big plain" @click=${() => this.back()}>${t('sample.to_parcel')}</button>`;
    }
    if (unit === null) {
      return html`<button type="button" class="big main" data-finish ?disabled=${this.busy} @click=${() => void this.finish(running)}>${doneIcon}${t('sample.finish')}</button>
        <div class="pair fixed">${undo}
          <button type="button" class="big plain" data-one-more ?disabled=${inspection.units.length >= inspection.plan.lot || this.busy}
            @click=${() => void this.oneMore(running)}>${t('sample.one_more')}</button></div>`;
    }
    return html`<div class="pair judge">
        <button type="button" class="big danger-plain" data-defect ?disabled=${this.busy} @click=${() => {
          this.unit = unit;
          this.turnTo('defect');
        }}>${noIcon}${t('sample.defect')}</button>
        <button type="button" class="big main" data-ok ?disabled=${this.busy || (inspection.found.get(unit) ?? []).length > 0}
          @click=${() => void this.ok(running, unit)}>${doneIcon}${t('sample.ok')}</button>
      </div>
      <div class="pair fixed">${undo}
        <button type="button" class="big plain" data-finish ?disabled=${this.busy} @click=${() => void this.finish(running)}>${t('sample.end_now')}</button></div>`;
  }

  /** @private @param {Running} tranche @param {number} unit */
  defectPart(tranche, unit) {
    return {
      page: html`<p class="lead">${t('sample.what_defect', { n: unit })}</p>
        <dp-defect .disabled=${this.busy} @cancel=${() => this.turnTo('unit')}
          @defect=${(/** @type {CustomEvent<import('./defect.js').Said>} */ event) => void this.sayDefect(tranche, unit, event.detail)}></dp-defect>`,
      foot: nothing,
    };
  }

  /** @private */
  photoPart() {
    return {
      camera: this.camera(t('sample.aim_defect'), (shot) => void this.shot(shot)),
      page: html`<p class="lead">${t('sample.photo_defect', { n: this.unit ?? 0 })}</p><p class="quiet">${t('receive.photos', { n: this.shots })}</p>`,
      foot: html`<button type="button" class="big ${this.shots > 0 ? 'main' : 'plain'}" data-next-unit @click=${() => this.turnTo('unit')}>${t(this.shots > 0 ? 'sample.next_unit' : 'sample.without_photo')}</button>
        <button type="button" class="big plain" data-other-defect @click=${() => this.turnTo('defect')}>${t('sample.other_defect')}</button>`,
    };
  }
}

void DefectChoice;
customElements.define('dp-sample', SampleScreen);
