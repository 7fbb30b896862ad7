/** One parcel: the one thing that comes next, on one screen; what was recorded, and by whom, below it. */

import { html, nothing } from 'lit';
import { asks } from '../core/plan.js';
import { mayRecord, stateOf } from '../core/receiving.js';
import { signalDone, signalRefused, unlockSound } from '../device/feedback.js';
import { appBar } from '../ui/app_bar.js';
import { ask, confirmAsk } from '../ui/dialog.js';
import { messageBox, waiting } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { ConditionChoice } from './condition.js';
import { DeliveryChoice } from './delivery.js';
import { goodsCard, headOf, numbersCard, openTakesCard } from './parcel_cards.js';
import { CAMERA_STAGES, stageOf } from './parcel_flow.js';
import { footOf, panelOf } from './parcel_panels.js';
import * as work from './parcel_work.js';
import { checksCard, planCard, planOf } from './plan.js';
import { recordedCard } from './recorded.js';
import { refusalWords } from './refusal.js';
import { countPath, discrepancyPath, guidedPath, resultPath, samplePath, verdictPath } from './routes.js';
import { Viewfinder } from './viewfinder.js';
import { wantedCard } from './wanted.js';
import { WeighPad } from './weigh.js';
import { WhyLine } from './why.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('./parcel_flow.js').Stage} Stage */
/** @typedef {import('./viewfinder.js').Shot} Shot */

/** What a receiver can state at the table before and after a count. */
const STATED = ['short_count', 'damaged', 'wrong_item', 'wrong_parcel', 'missing_items', 'not_as_described', 'functional_defect', 'size_mismatch', 'style_mismatch', 'wrong_weight'];
/** One take each: measuring, beside the listing, a function test, damage in the right order. */
const GUIDED = ['EV-02', 'EV-03', 'EV-06', 'EV-09'];

export class ParcelScreen extends View {
  constructor() {
    super();
    this.parcelId = '';
    this.voided = false;
    /** @type {work.ParcelWork | null} */
    this.work = null;
    this.unknown = false;
    this.busy = false;
    this.problem = '';
    /** Somebody wants one more of a stage that is done, or to correct a fact. @type {{ stage: Stage, corrects: string | null } | null} */
    this.again = null;
    /** The person goes on photographing the damage. */
    this.moreDamage = false;
    /** @private @type {Stage | null} */
    this.shown = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  updated() {
    const { stage } = this;
    // The next thing begins at the top, wherever the last one was left.
    if (stage !== this.shown) this.querySelector('.page')?.scrollTo({ top: 0 });
    this.shown = stage;
  }

  /** @private */
  async load() {
    this.work = await work.loadWork(this.parcelId);
    this.unknown = this.work === null;
    this.requestUpdate();
  }

  /** @returns {Stage} */
  get stage() {
    if (!this.work) return 'complete';
    const { progress, facts, arrived } = this.work;
    return this.again?.stage ?? stageOf(progress, facts, { arrived, moreDamage: this.moreDamage });
  }

  /** @private @param {(now: work.ParcelWork) => Promise<void>} write @param {{ heard?: boolean }} [how] heard: the viewfinder has beeped */
  async write(write, { heard = false } = {}) {
    if (this.busy || !this.work) return;
    unlockSound();
    this.busy = true;
    this.problem = '';
    this.requestUpdate();
    try {
      await write(this.work);
      this.again = null;
      if (!heard) signalDone();
    } catch (error) {
      signalRefused();
      this.problem = refusalWords(error);
    } finally {
      this.busy = false;
    }
    await this.load();
  }

  /** @param {{ outer: string, tape: string }} values */
  async condition(values) {
    this.moreDamage = values.outer !== 'intact';
    await this.write((now) => work.keepCondition(now, values, this.again?.corrects ?? null));
  }

  /** @param {Shot} shot */
  async shot(shot) {
    const { stage } = this;
    const pad = /** @type {WeighPad | null} */ (this.querySelector('dp-weigh-pad'));
    const weight = stage === 'weight' ? await this.typedWeight(pad) : null;
    await this.write(async (now) => {
      const about = weight ? await work.keepWeighing(now, weight, this.again?.corrects ?? null) : null;
      await work.keepStagePhoto(now, stage, shot, about);
    }, { heard: true });
    if (weight && !this.problem) pad?.clear();
  }

  /** The weight alone: its picture was taken before, or comes next. */
  async saveWeight() {
    const pad = /** @type {WeighPad | null} */ (this.querySelector('dp-weigh-pad'));
    const weight = await this.typedWeight(pad);
    if (!weight) return;
    await this.write(async (now) => void (await work.keepWeighing(now, weight, this.again?.corrects ?? null)));
    if (!this.problem) pad?.clear();
  }

  /** @private @param {WeighPad | null} pad */
  async typedWeight(pad) {
    const weight = pad?.ready() ?? null;
    if (!weight) {
      if (pad?.text) signalRefused();
      return null;
    }
    if (!weight.asks) return weight;
    const shown = `${weight.shown} ${t(`weigh.unit_${weight.unit}`)}`;
    const sure = await confirmAsk({ title: t('weigh.unlikely', { shown }), body: t(`error.${weight.asks}`), yes: t('weigh.unlikely_yes'), no: t('weigh.unlikely_no') });
    return sure ? weight : null;
  }

  /** @param {{ courier: 'present' | 'absent', outcome: string, reason: string | null }} values */
  async delivery(values) {
    await this.write((now) => work.keepDelivery(now, values));
  }

  /** @param {string} reason */
  async skip(reason) {
    const { stage } = this;
    this.moreDamage = false;
    await this.write((now) => work.keepSkips(now, stage, reason));
  }

  async arrive() {
    await this.write(work.ensureArrival);
  }

  enoughDamage() {
    this.moreDamage = false;
    this.again = null;
    this.requestUpdate();
  }

  stopAgain() {
    this.again = null;
    this.requestUpdate();
  }

  film() {
    unlockSound();
    this.go(countPath(this.parcelId));
  }

  sample() {
    const { counted = [], facts = [] } = this.work ?? {};
    const standing = facts.filter(({ gone }) => !gone);
    const finished = new Set(standing.filter(({ kind }) => kind === 'inspection').map(({ values }) => values.draw));
    const done = new Set(standing.filter(({ kind, id }) => kind === 'draw' && finished.has(id)).map(({ values }) => values.line));
    const line = counted.find((one) => !done.has(one)) ?? counted[0];
    if (line) this.go(samplePath(this.parcelId, line));
  }

  verdict() {
    this.go(verdictPath(this.parcelId));
  }

  async state() {
    const choices = STATED.map((type) => ({ value: type, label: t(`discrepancy.${type}`) }));
    const type = await ask({ title: t('receive.state_title'), choices, cancel: t('phone.cancel') });
    if (type) this.go(discrepancyPath(this.parcelId, type));
  }

  /** @private */
  async guide() {
    const slot = await ask({ title: t('receive.guided_title'), choices: GUIDED.map((one) => ({ value: one, label: t(`slot.${one}`) })), cancel: t('phone.cancel') });
    if (slot) this.go(guidedPath(this.parcelId, slot));
  }

  /** @private @param {Fact} fact */
  mayAgain(fact) {
    if (fact.kind !== 'condition' && fact.kind !== 'weighing') return false;
    if (!this.work || fact.values.opened === 'yes') return false;
    return mayRecord(fact.kind, fact.values, this.work.progress, { corrects: this.isMine(fact) }) === null;
  }

  /** @private @param {Fact} fact */
  isMine(fact) {
    return fact.worker !== null && fact.worker === appState().worker?.name;
  }

  /** @private @param {Fact} fact */
  onAgain(fact) {
    this.again = { stage: fact.kind === 'weighing' ? 'weight' : 'condition', corrects: this.isMine(fact) ? fact.id : null };
    this.moreDamage = false;
    this.requestUpdate();
  }

  render() {
    const back = () => (this.again ? this.stopAgain() : this.go('/scan'));
    const bar = appBar({ title: t(`receive.title_${this.work ? this.stage : 'complete'}`), back, go: (path) => this.go(path) });
    if (this.unknown) {
      return html`${bar}
        <div class="page">${messageBox({ kind: 'warn', what: t('phone.parcel_unknown'), next: t('phone.parcel_unknown_next') })}</div>
        <div class="foot"><button type="button" class="big main" @click=${back}>${t('phone.parcel_to_scanner')}</button></div>`;
    }
    if (!this.work) return html`${bar}<div class="page">${waiting(t('phone.loading'))}</div>`;
    return html`${bar} ${this.renderWork(this.work)}`;
  }

  /** @private @param {work.ParcelWork} now */
  renderWork(now) {
    const { stage } = this;
    const camera = CAMERA_STAGES.has(stage);
    // Above the pad it would push the keys out of reach.
    const wanted = wantedCard(now, (path) => this.go(path));
    return html`<div class="receive ${camera ? 'with-camera' : ''}" data-stage=${stage} @pointerdown=${() => unlockSound()}>
      ${headOf(now)}
      ${camera
        ? html`<dp-viewfinder .hint=${t(`receive.aim_${stage}`)} .busy=${this.busy}
            @shot=${(/** @type {CustomEvent<Shot>} */ event) => void this.shot(event.detail)}></dp-viewfinder>`
        : nothing}
      <div class="page" tabindex="0" role="group" aria-label=${t('phone.parcel_title')}>
        ${this.renderNews(now)} ${camera ? nothing : wanted} ${panelOf(this, now)} ${openTakesCard(now)} ${camera ? wanted : nothing}
        ${recordedCard({
          facts: now.facts,
          progress: now.progress,
          zone: appState().site?.zone ?? now.parcel.view.receivedZone,
          me: appState().worker?.name ?? null,
          onAgain: (fact) => this.onAgain(fact),
          mayAgain: (fact) => this.mayAgain(fact),
        })}
        ${checksCard(now.parcel)} ${planCard(now.parcel)} ${numbersCard(now)} ${goodsCard(now)} ${this.renderMore(now)}
      </div>
      <div class="foot">${footOf(this, now)}</div>
    </div>`;
  }

  /** @private @param {work.ParcelWork} now */
  renderNews({ progress, parcel }) {
    // On the pad's screen it would push the keys out of reach; it was said at the picture before.
    const told = this.stage === 'weight' || this.stage === 'label_photo' || this.stage === 'refused';
    const raised = progress.raised !== null && stateOf(progress, 'count') === 'open' && !asks(planOf(parcel), 'count') && !told;
    return html`${this.voided ? messageBox({ kind: 'warn', what: t('phone.parcel_voided'), next: t('phone.parcel_voided_next') }) : nothing}
      ${this.problem ? messageBox({ what: this.problem, safe: t('receive.kept_before'), next: t('phone.arrive_again') }) : nothing}
      ${raised
        ? messageBox({ kind: 'warn', what: t(`receive.raised_${progress.raised}`), next: t('receive.raised_next') })
        : nothing}`;
  }

  /** What may go wrong, and captures that a claim needs; not before the parcel is here. @private @param {work.ParcelWork} now */
  renderMore({ arrived, progress }) {
    if (!arrived) return nothing;
    return html`<div class="pair">
      <button type="button" class="big plain" data-state-problem @click=${() => void this.state()}>${t('receive.state')}</button>
      ${progress.opened === null
        ? nothing
        : html`<button type="button" class="big plain" data-guided @click=${() => void this.guide()}>${t('receive.guided')}</button>`}
    </div>
    <button type="button" class="big plain" data-result @click=${() => this.go(resultPath(this.parcelId))}>${t('judge.to_result')}</button>`;
  }
}

void [ConditionChoice, DeliveryChoice, Viewfinder, WeighPad, WhyLine];
customElements.define('dp-parcel', ParcelScreen);
