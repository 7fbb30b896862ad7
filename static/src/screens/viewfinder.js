/**
 * A live camera with one large shutter, and beside it the system's own camera for phones where the live one fails. Sends
 * `shot` with {data, mime, source}; keeping it is the screen's. Where it `reads`, codes on the goods are sent as well.
 */

import { html, nothing } from 'lit';
import { assetUrl } from '../core/assets.js';
import { STILL } from '../device/camera.js';
import { signalDone, signalRefused } from '../device/feedback.js';
import { fromFile, shoot } from '../device/photo.js';
import { isNewCode, startScanner } from '../device/scanner.js';
import { photoIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { t } from '../ui/words.js';
import { CameraView } from './camera_view.js';
import { cameraProblemWords } from './camera_words.js';

/** @typedef {{ data: ArrayBuffer, mime: string, source: 'camera' | 'input' }} Shot */

export class Viewfinder extends CameraView {
  static properties = { hint: { attribute: false }, busy: { attribute: false }, reads: { attribute: false } };

  constructor() {
    super();
    /** What is to be in the picture. */
    this.hint = '';
    /** Whether codes on goods are read out of the picture as well: `code` with the text, once per showing. */
    this.reads = false;
    /** @private @type {{ stop: () => void } | null} */
    this.scanner = null;
    /** @private @type {{ text: string, at: number } | null} */
    this.last = null;
    /** The screen is keeping a picture: no other one now. */
    this.busy = false;
    /** @type {import('../device/photo.js').PhotoProblemReason | 'no_frame' | null} */
    this.problem = null;
    /** @private the picture is a HEIC */
    this.heic = false;
    /** @private */
    this.shooting = false;
  }

  /** @protected */
  wantedSize() {
    return STILL;
  }

  /** @protected @param {HTMLVideoElement} video */
  onLive(video) {
    if (!this.reads) return;
    this.scanner = startScanner({
      video,
      worker: assetUrl('scanner_worker.js'),
      wasm: new URL(assetUrl('zxing_reader.wasm'), location.href).href,
      reads: 'goods',
      onCodes: (codes) => this.read(codes[0]?.text ?? ''),
      // Typing and the picture go on as without it.
      onBroken: () => this.stopReading(),
    });
  }

  /** @protected */
  close() {
    this.stopReading();
    super.close();
  }

  /** @private */
  stopReading() {
    this.scanner?.stop();
    this.scanner = null;
  }

  /** @private @param {string} text */
  read(text) {
    const now = performance.now();
    const fresh = isNewCode(this.last, text, now);
    this.last = { text, at: now };
    if (fresh && text && !document.querySelector('dialog[open]')) this.dispatchEvent(new CustomEvent('code', { detail: text }));
  }

  /** @private */
  async press() {
    if (this.busy || this.shooting) return;
    this.shooting = true;
    this.say(null);
    try {
      const { data, mime } = await shoot(this.piece('video'));
      this.send({ data, mime, source: 'camera' });
    } catch {
      this.say('no_frame');
    } finally {
      this.shooting = false;
      this.requestUpdate();
    }
  }

  /** @private @param {Event} event */
  async choose(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const [file] = input.files ?? [];
    if (!file || this.busy || this.shooting) return;
    this.shooting = true;
    this.say(null);
    const read = await fromFile(file);
    // The same file chosen again is to say so again.
    input.value = '';
    this.shooting = false;
    if ('problem' in read) return this.say(read.problem);
    this.heic = read.warning === 'heic';
    this.send({ data: read.data, mime: read.mime, source: 'input' });
    this.requestUpdate();
  }

  /** @private @param {Shot} shot */
  send(shot) {
    signalDone();
    this.dispatchEvent(new CustomEvent('shot', { detail: shot }));
  }

  /** @private @param {Viewfinder['problem']} problem */
  say(problem) {
    if (problem) signalRefused();
    this.problem = problem;
    this.heic = false;
    this.requestUpdate();
  }

  render() {
    const live = this.phase === 'live';
    return html`<div class="camera-box">
        <video class="whole" muted playsinline aria-hidden="true"></video>
        ${this.phase === 'opening' ? html`<div class="camera-note">${waiting(t('scan.opening'))}</div>` : nothing}
        ${live && !this.problem && this.hint ? html`<p class="camera-hint">${this.hint}</p>` : nothing}
        ${this.renderNews()}
      </div>
      <div class="shutter-bar">
        ${live
          ? html`<div class="shutter-side">${this.renderLens()}</div>
              <button type="button" class="snap" aria-label=${t('photo.shutter')} ?disabled=${this.busy || this.shooting}
                @click=${() => void this.press()}><i aria-hidden="true"></i></button>
              <div class="shutter-side end">${this.renderSystemCamera(live)}</div>`
          : this.renderSystemCamera(live)}
      </div>`;
  }

  /** @private */
  renderNews() {
    if (this.problem) {
      const words = { what: t(`photo.problem_${this.problem}`), next: t(`photo.problem_${this.problem}_next`) };
      return html`<div class="camera-note">${messageBox({ kind: 'warn', safe: t('scan.nothing_saved'), ...words })}</div>`;
    }
    if (this.heic) {
      return html`<div class="camera-note">${messageBox({ kind: 'info', what: t('photo.heic'), next: t('photo.heic_next') })}</div>`;
    }
    if (this.phase === 'opening' || this.phase === 'live') return nothing;
    const words = cameraProblemWords(/** @type {import('../device/camera.js').ProblemReason} */ (this.phase));
    const again = html`<button type="button" class="big" @click=${() => void this.open()}>${t('phone.try_again')}</button>`;
    return html`<div class="camera-note">${messageBox({ ...words, actions: again })}</div>`;
  }

  /** @private @param {boolean} live */
  renderSystemCamera(live) {
    const name = t('photo.by_system');
    // A label, not a script's click: some chat apps' browsers open the camera for a finger only.
    return html`<label class=${live ? 'lens system' : 'big main system'} title=${name}>
      ${photoIcon}<span class=${live ? 'visually-hidden' : ''}>${name}</span>
      <input type="file" accept="image/*" capture="environment" class="visually-hidden" ?disabled=${this.busy}
        @change=${(/** @type {Event} */ event) => void this.choose(event)} />
    </label>`;
  }
}

customElements.define('dp-viewfinder', Viewfinder);
