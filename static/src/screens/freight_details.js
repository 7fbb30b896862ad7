/** The form of a hand-over to freight: the slip's picture, to whom, under which contract, when, which seals; then it is signed. */

import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { formatInstant } from '../core/deadlines.js';
import { wall } from '../device/clock.js';
import { signalDone, signalRefused, signalUndone, unlockSound } from '../device/feedback.js';
import { confirmAsk } from '../ui/dialog.js';
import { doneIcon, noIcon, undoIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { refusalWords } from './refusal.js';
import { Viewfinder } from './viewfinder.js';

/** @typedef {import('./viewfinder.js').Shot} Shot */
/** @typedef {import('../store/snapshot.js').Contract} Contract */

/** @param {Event} event */
const typed = (event) => /** @type {HTMLInputElement} */ (event.target).value;

export class FreightDetails extends View {
  static properties = { session: { attribute: false }, problem: { attribute: false } };

  constructor() {
    super();
    /** @type {import('./freight_session.js').FreightSession | null} */
    this.session = null;
    /** What the screen around has to say: a scanned code that is no seal. */
    this.problem = '';
    /** @private @type {Shot | null} */
    this.shot = null;
    /** @private address of the picture on this page */
    this.picture = '';
    /** @private when it left, as typed */
    this.when = '';
    /** @private */
    this.earlier = false;
    /** @private the seal that is being typed */
    this.seal = '';
    /** @private */
    this.busy = false;
    /** @private */
    this.refused = '';
    /** @private @type {{ record: string, n: number, carrier: string, atMs: number } | null} */
    this.done = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.session?.readContracts().then(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.picture) URL.revokeObjectURL(this.picture);
  }

  /** @private @param {Shot} shot */
  photographed(shot) {
    if (this.picture) URL.revokeObjectURL(this.picture);
    this.shot = shot;
    this.picture = URL.createObjectURL(new Blob([shot.data], { type: shot.mime }));
    this.requestUpdate();
  }

  /** @private @param {{ carrier?: string, contract?: string | null }} said */
  async say(said) {
    this.refused = '';
    await this.session?.say(said);
    this.requestUpdate();
  }

  /** @private @param {Contract | null} contract */
  choose(contract) {
    unlockSound();
    void this.say(contract ? { contract: contract.id, carrier: contract.carrier } : { contract: null });
  }

  /** @private @returns {Promise<boolean>} whether nothing is left in the field */
  async addSeal() {
    if (this.seal.trim() && !(await this.session?.addSeal(this.seal))) {
      this.refuse(t('freight.seal_refused'));
      return false;
    }
    this.seal = '';
    this.refused = '';
    this.requestUpdate();
    return true;
  }

  /** @private @param {string} words */
  refuse(words) {
    signalRefused();
    this.refused = words;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector('.page')?.scrollTo({ top: 0 }));
  }

  /** @private @returns {number | null} milliseconds since it left; null: in the future, or no time was typed */
  get agoMs() {
    if (!this.earlier) return 0;
    const ago = wall() - Date.parse(this.when);
    return ago >= 0 ? ago : null;
  }

  /** @private */
  async handOver() {
    const { session } = this;
    unlockSound();
    if (this.busy || !session || !(await this.addSeal())) return;
    const [carrier, agoMs] = [session.kept.carrier.trim(), this.agoMs];
    if (!carrier) return this.refuse(t('freight.carrier_first'));
    if (agoMs === null) return this.refuse(t('freight.time_first'));
    this.busy = true;
    this.requestUpdate();
    const said = { n: session.kept.scans.length, carrier, atMs: wall() - agoMs };
    try {
      this.done = { record: await session.handOver({ agoMs }, this.shot), ...said };
      signalDone();
    } catch (error) {
      this.refuse(refusalWords(error));
    }
    this.busy = false;
    this.requestUpdate();
  }

  /** @private */
  async takeBack() {
    const { done, session } = this;
    const words = { title: t('freight.back_title'), yes: t('freight.back'), no: t('phone.cancel') };
    if (!done || !session || !(await confirmAsk({ ...words, danger: true }))) return;
    try {
      await session.takeBack(done.record);
      signalUndone();
      this.send('again');
    } catch (error) {
      this.refuse(refusalWords(error));
    }
  }

  /** @private @param {string} name */
  send(name) {
    this.dispatchEvent(new CustomEvent(name));
  }

  render() {
    if (this.done) return this.renderDone(this.done);
    const n = this.session?.kept.scans.length ?? 0;
    const problem = this.refused || this.problem;
    return html`<div class="receive ${this.picture ? '' : 'with-camera'}" data-stage="freight">
      ${this.picture
        ? nothing
        : html`<dp-viewfinder .hint=${t('freight.slip_aim')} .busy=${this.busy}
            @shot=${(/** @type {CustomEvent<Shot>} */ event) => this.photographed(event.detail)}></dp-viewfinder>`}
      <div class="page" tabindex="0" role="group" aria-label=${t('freight.title')}>
        ${problem ? messageBox({ kind: 'warn', what: problem, safe: t('freight.nothing_signed') }) : nothing}
        ${this.renderSlip()}
        ${this.renderCarrier()} ${this.renderWhen()} ${this.renderSeals()}
      </div>
      <div class="foot">
        <button type="button" class="big main" data-hand-over ?disabled=${this.busy} @click=${() => void this.handOver()}>${doneIcon}${t('freight.hand_over', { n })}</button>
      </div>
    </div>`;
  }

  /** The picture, once it is taken: then the form has the room. @private */
  renderSlip() {
    if (!this.picture) return nothing;
    return html`<div class="freight-slip" data-slip><img src=${this.picture} alt="" />
      <span class="state ok">${doneIcon}${t('freight.slip_taken')}</span>
      <button type="button" class="option" data-retake @click=${() => this.retake()}>${t('freight.retake')}</button></div>`;
  }

  /** @private */
  retake() {
    URL.revokeObjectURL(this.picture);
    this.picture = '';
    this.shot = null;
    this.requestUpdate();
  }

  /** @private */
  renderCarrier() {
    const { carrier = '', contract = null } = this.session?.kept ?? {};
    const pressed = (/** @type {string | null} */ id) => (id === contract ? 'true' : 'false');
    return html`<section class="panel">
      <div class="field"><label for="freight-carrier">${t('freight.carrier')}</label>
        <input id="freight-carrier" autocomplete="off" maxlength="100" .value=${live(carrier)} @input=${(/** @type {Event} */ event) => void this.say({ carrier: typed(event) })} /></div>
      <span class="panel-question" id="freight-contract">${t('freight.contract')}</span>
      <div class="options freight-contracts" role="group" aria-labelledby="freight-contract">
        ${(this.session?.offered ?? []).map(
          (one) => html`<button type="button" class="option" data-contract=${one.id} aria-pressed=${pressed(one.id)} @click=${() => this.choose(one)}>
            <span><b>${one.carrier}</b> ${one.reference}<small>${one.notice_hours === null ? t('freight.notice_unknown') : t('freight.notice', { n: one.notice_hours })}</small></span></button>`,
        )}
        <button type="button" class="option" data-contract="" aria-pressed=${pressed(null)} @click=${() => this.choose(null)}>${t('freight.contract_unknown')}</button>
      </div>
    </section>`;
  }

  /** @private @param {boolean} earlier */
  leftEarlier(earlier) {
    this.earlier = earlier;
    this.refused = '';
    this.requestUpdate();
  }

  /** @private */
  renderWhen() {
    return html`<section class="panel"><span class="panel-question" id="freight-when">${t('freight.when')}</span>
      <div class="segments" role="group" aria-labelledby="freight-when">
        <button type="button" data-now aria-pressed=${this.earlier ? 'false' : 'true'} @click=${() => this.leftEarlier(false)}>${t('freight.now')}</button>
        <button type="button" data-earlier aria-pressed=${this.earlier ? 'true' : 'false'} @click=${() => this.leftEarlier(true)}>${t('freight.earlier')}</button>
      </div>
      ${this.earlier
        ? html`<div class="field"><label class="visually-hidden" for="freight-at">${t('freight.when')}</label>
            <input id="freight-at" type="datetime-local" .value=${live(this.when)} @input=${(/** @type {Event} */ event) => (this.when = typed(event))} /></div>`
        : nothing}
    </section>`;
  }

  /** @private @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    void this.addSeal();
  }

  /** @private */
  renderSeals() {
    const seals = this.session?.kept.seals ?? [];
    const drop = async (/** @type {string} */ seal) => {
      await this.session?.removeSeal(seal);
      this.requestUpdate();
    };
    return html`<section class="panel">
      <form class="freight-add" @submit=${(/** @type {SubmitEvent} */ event) => this.submit(event)}>
        <div class="field"><label for="freight-seal">${t('freight.seal')}</label>
          <input id="freight-seal" class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" .value=${live(this.seal)}
            @input=${(/** @type {Event} */ event) => (this.seal = typed(event))} /></div>
        <button type="submit" class="option" data-add-seal>${t('freight.seal_add')}</button>
      </form>
      ${seals.length === 0
        ? nothing
        : html`<ul class="freight-list">${seals.map(
            (seal) => html`<li><span class="grow code">${seal}</span>
              <button type="button" class="option soft" aria-label=${t('freight.forget', { code: seal })} @click=${() => void drop(seal)}>${noIcon}</button></li>`,
          )}</ul>`}
    </section>`;
  }

  /** @private @param {NonNullable<FreightDetails['done']>} done */
  renderDone({ n, carrier, atMs }) {
    const zone = appState().site?.zone ?? 'Asia/Shanghai';
    return html`<div class="page" data-handed-over>
        ${this.refused ? messageBox({ kind: 'warn', what: this.refused }) : nothing}
        ${messageBox({
          kind: 'info',
          what: t('freight.done', { n, carrier }),
          safe: formatInstant(atMs, zone),
          next: t(this.shot ? 'freight.done_next' : 'freight.done_no_slip'),
        })}
      </div>
      <div class="foot">
        <button type="button" class="big main" data-leave @click=${() => this.send('leave')}>${doneIcon}${t('receive.done')}</button>
        <button type="button" class="big plain" data-take-back @click=${() => void this.takeBack()}>${undoIcon}${t('freight.back')}</button>
      </div>`;
  }
}

void Viewfinder;
customElements.define('dp-freight-details', FreightDetails);
