/** QC's decision about each tranche of each line, or about the whole parcel; one bad line never holds up the rest. */

import { html, nothing } from 'lit';
import { VERDICT_REASONS } from '../core/defects.js';
import { proposalOf } from '../core/inspection.js';
import { VERDICTS } from '../core/record_kinds.js';
import { mayRecord } from '../core/receiving.js';
import { formatInstant } from '../core/deadlines.js';
import { lotOfDraw, lotsOf, speaksOf } from '../core/tranches.js';
import { getSetting } from '../store/settings.js';
import { workers } from '../store/snapshot.js';
import { doneIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { t } from '../ui/words.js';
import { goodsRow } from './goods.js';
import { verdictDraft } from './inspect_drafts.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { resultPath, samplePath } from './routes.js';
import { standing } from './sample_view.js';
import { loadSample } from './sample_work.js';
import { TableScreen } from './table_screen.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */
/** @typedef {import('./sample_work.js').SampleWork} SampleWork */
/** @typedef {import('./sample_work.js').Tranche} Tranche */
/** `key`: what is decided about. @typedef {{ key: string, line: string | null, tranche: string | null, draw: string | null }} Subject */

const DECIDING = ['cn_qc', 'vn_qc', 'owner', 'clerk'];
const WHOLE = Object.freeze({ key: 'parcel', line: null, tranche: null, draw: null });

/** @param {{ role?: string, roles?: readonly string[] } | null | undefined} worker @returns {boolean} */
export function mayDecide(worker) {
  const roles = worker?.roles ?? (worker?.role ? [worker.role] : []);
  return roles.some((role) => DECIDING.includes(role));
}

export class VerdictScreen extends TableScreen {
  constructor() {
    super();
    /** @private @type {SampleWork[]} */
    this.samples = [];
    /** @private */
    this.decides = false;
    /** What is being decided, and how. @type {{ key: string, verdict: string } | null} */
    this.asking = null;
  }

  /** @protected @param {ParcelWork} work */
  async loaded(work) {
    const found = await Promise.all(work.counted.map((line) => loadSample(work, line)));
    this.samples = found.flatMap((sample) => sample ?? []);
    const me = await getSetting('worker');
    // The newest roles that this phone was told, else those of the start of the shift.
    this.decides = mayDecide((await workers()).find(({ id }) => id === me?.id) ?? me);
  }

  /** @private @param {Subject} subject @param {string} verdict @param {string} reason */
  async decide({ line, tranche, draw }, verdict, reason) {
    const kept = await this.write((work) => keepRecord(verdictDraft(this.refsOfLine(work, line), nowSpan(), { line, tranche, verdict, reason, draw })));
    if (kept) this.asking = null;
    this.requestUpdate();
  }

  /** A verdict about a line names its order, also in a parcel of several. @private @param {ParcelWork} work @param {string | null} line */
  refsOfLine({ parcel }, line) {
    const order = parcel.lines.find(({ id }) => id === line)?.orderId;
    return order ? { ...this.refs, orders: [order] } : this.refs;
  }

  render() {
    return this.frame({
      title: t('receive.title_verdict'),
      body: (work) => ({
        page: html`${this.decides ? nothing : messageBox({ kind: 'info', what: t('judge.qc_decides'), next: t('judge.qc_decides_next') })}
          ${this.samples.map((sample) => this.lineCard(work, sample))} ${this.parcelCard(work)}`,
        foot: html`<button type="button" class="big main" data-result @click=${() => this.go(resultPath(this.parcelId))}>${doneIcon}${t('judge.to_result')}</button>`,
      }),
    });
  }

  /** @private @param {ParcelWork} work @param {SampleWork} sample */
  lineCard(work, sample) {
    const { line, tranches } = sample;
    return html`<section class="card stack" data-line=${line.id}>
      <div class="goods-head">${goodsRow(line, work.parcel.pictures.get(line.id))}</div>
      ${tranches.length === 0
        ? html`${this.decision(work, { key: line.id, line: line.id, tranche: null, draw: null }, null)}
            <button type="button" class="link" @click=${() => this.go(samplePath(this.parcelId, line.id))}>${t('receive.to_sample')}</button>`
        : tranches.map((tranche) => this.tranchePart(work, sample, tranche))}
    </section>`;
  }

  /** @private @param {ParcelWork} work @param {SampleWork} sample @param {Tranche} tranche */
  tranchePart(work, { line, tranches }, { draw, label, inspection }) {
    const subject = { key: `${line.id}-${draw.id}`, line: line.id, tranche: draw.values.tranche ?? '1', draw: draw.id };
    return html`${tranches.length > 1 ? html`<h2>${t('sample.tranche', { n: label })}</h2>` : nothing}
      ${inspection ? standing(inspection) : nothing}
      ${inspection && !inspection.finished ? html`<p class="aside-note">${t('judge.unfinished')}</p>
          <button type="button" class="link" @click=${() => this.go(samplePath(this.parcelId, line.id))}>${t('receive.to_sample')}</button>` : nothing}
      ${this.decision(work, subject, inspection ? proposalOf(inspection) : null)}`;
  }

  /** @private @param {ParcelWork} work */
  parcelCard(work) {
    return html`<section class="card stack" data-whole><h2>${t('judge.whole')}</h2>${this.decision(work, WHOLE, null)}</section>`;
  }

  /** @private @param {ParcelWork} work @param {Subject} subject @param {{ verdict: string, reason: string } | null} proposal */
  decision(work, subject, proposal) {
    const given = this.given(work.facts, subject);
    const asked = this.asking?.key === subject.key ? this.asking.verdict : null;
    return html`${given ? verdictLine(given) : nothing}
      ${proposal && !given ? html`<p class="quiet">${t('judge.proposal', { verdict: t(`verdict.${proposal.verdict}`), reason: t(`verdict_reason.${proposal.reason}`) })}</p>` : nothing}
      ${this.decides ? html`<div class="verdicts" role="group" aria-label=${t('receive.title_verdict')}>
        ${VERDICTS.map((verdict) => this.verdictKey(work, subject, verdict, { proposed: proposal?.verdict === verdict && !given, asked }))}
      </div>
      ${asked ? this.reasons(subject, asked, proposal) : nothing}` : nothing}`;
  }

  /** @private @param {ParcelWork} work @param {Subject} subject @param {string} verdict @param {{ proposed: boolean, asked: string | null }} now */
  verdictKey({ progress }, subject, verdict, { proposed, asked }) {
    const refused = mayRecord('verdict', { verdict, line: subject.line }, progress);
    return html`<button type="button" class="big verdict ${verdict} ${proposed ? 'proposed' : ''}" data-verdict=${verdict} aria-pressed=${asked === verdict ? 'true' : 'false'}
      ?disabled=${this.busy || refused !== null} @click=${() => {
        this.asking = { key: subject.key, verdict };
        this.requestUpdate();
        void this.updateComplete.then(() => this.querySelector('.why-verdict')?.scrollIntoView({ block: 'nearest' }));
      }}>${t(`verdict.${verdict}`)}</button>`;
  }

  /** @private @param {Subject} subject @param {string} verdict @param {{ verdict: string, reason: string } | null} proposal */
  reasons(subject, verdict, proposal) {
    const all = VERDICT_REASONS.get(verdict) ?? [];
    const first = proposal?.verdict === verdict ? proposal.reason : '';
    const reasons = [...all.filter((one) => one === first), ...all.filter((one) => one !== first)];
    return html`<p class="panel-question">${t('judge.why')}</p>
      <div class="options why-verdict">
        ${reasons.map(
          (reason) => html`<button type="button" class="option ${reason === first ? 'first' : ''}" data-reason=${reason} ?disabled=${this.busy}
            @click=${() => void this.decide(subject, verdict, reason)}>${t(`verdict_reason.${reason}`)}</button>`,
        )}
      </div>`;
  }

  /** The newest one about exactly this. @private @param {readonly Fact[]} facts @param {Subject} subject @returns {Fact | null} */
  given(facts, { line, tranche, draw }) {
    const lots = lotsOf(facts);
    const lot = lotOfDraw(lots, draw);
    const same = (/** @type {Fact} */ { values }) => (values.line ?? null) === line && (values.tranche ?? null) === tranche;
    const found = facts.filter((fact) => fact.kind === 'verdict' && !fact.gone && same(fact) && (!lot || speaksOf(fact, lot, lots)));
    return found.at(-1) ?? null;
  }
}

/** @param {Fact} fact */
export function verdictLine({ values, worker, at }) {
  const zone = appState().site?.zone ?? 'Asia/Shanghai';
  return html`<p class="given ${values.verdict}" data-given=${values.verdict}><strong>${t(`verdict.${values.verdict}`)}</strong>
    ${values.reason ? html`<span>${t(`verdict_reason.${values.reason}`)}</span>` : nothing}
    <span class="quiet"><bdi>${worker ?? t('app.not_known')}</bdi> · ${formatInstant(at, zone).slice(5, 16)}</span></p>`;
}

customElements.define('dp-verdict', VerdictScreen);
