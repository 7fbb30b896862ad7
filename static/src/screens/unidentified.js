/** A parcel that nobody knows is held: its code and at least one picture, so that the desk can match it later. */

import { html, nothing } from 'lit';
import { signalRefused } from '../device/feedback.js';
import { appBar } from '../ui/app_bar.js';
import { doneIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { holdParcel } from './hold_parcel.js';
import { refusalWords } from './refusal.js';
import { shortened } from './scan.js';
import { Viewfinder } from './viewfinder.js';

/** @typedef {import('./viewfinder.js').Shot} Shot */

export class UnidentifiedScreen extends View {
  constructor() {
    super();
    /** What was read. */
    this.text = '';
    this.photos = 0;
    this.busy = false;
    this.problem = '';
  }

  /** @private @param {Shot} shot */
  async shot(shot) {
    if (this.busy) return;
    this.busy = true;
    this.problem = '';
    this.requestUpdate();
    try {
      await holdParcel(this.text, shot);
      this.photos += 1;
    } catch (error) {
      signalRefused();
      this.problem = refusalWords(error);
    }
    this.busy = false;
    this.requestUpdate();
  }

  render() {
    const leave = () => this.go('/scan', { replace: true });
    return html`${appBar({ title: t('parcel.unidentified'), back: leave, go: (path) => this.go(path) })}
      <div class="receive with-camera" data-stage="hold">
        <section class="parcel-head"><p class="code held-code">${shortened(this.text)}</p></section>
        <dp-viewfinder .hint=${t('hold.aim')} .busy=${this.busy}
          @shot=${(/** @type {CustomEvent<Shot>} */ event) => void this.shot(event.detail)}></dp-viewfinder>
        <div class="page">
          ${this.problem ? messageBox({ what: this.problem, next: t('phone.arrive_again') }) : nothing}
          ${this.photos > 0
            ? messageBox({ kind: 'info', what: t('hold.held', { n: this.photos }), next: t('hold.held_next') })
            : html`<p class="lead">${t('hold.do')}</p><p class="quiet">${t('scan.nothing_saved')}</p>`}
        </div>
        <div class="foot">
          ${this.photos > 0
            ? html`<button type="button" class="big main" data-done @click=${leave}>${doneIcon}${t('receive.done')}</button>`
            : html`<button type="button" class="big plain" @click=${leave}>${t('phone.cancel')}</button>`}
        </div>
      </div>`;
  }
}

void Viewfinder;
customElements.define('dp-unidentified', UnidentifiedScreen);
