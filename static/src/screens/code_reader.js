/** The live camera that reads codes: on the scan screen and at enrolment. Sends `code` with the text, once per showing. */

import { html, nothing } from 'lit';
import { assetUrl } from '../core/assets.js';
import { isNewCode, startScanner } from '../device/scanner.js';
import { messageBox, waiting } from '../ui/message.js';
import { t } from '../ui/words.js';
import { CameraView } from './camera_view.js';
import { cameraProblemWords } from './camera_words.js';
import { codePhotoKey } from './code_photo.js';

export class CodeReader extends CameraView {
  static properties = { hint: { attribute: false } };

  constructor() {
    super();
    this.hint = '';
    this.hit = false;
    /** @private a photo in which no code was found */
    this.photoProblem = '';
    /** @private @type {{ stop: () => void } | null} */
    this.scanner = null;
    /** @private @type {{ text: string, at: number } | null} */
    this.last = null;
  }

  /** @protected */
  close() {
    this.scanner?.stop();
    this.scanner = null;
    super.close();
  }

  /** @protected @param {HTMLVideoElement} video */
  onLive(video) {
    this.scanner = startScanner({
      video,
      worker: assetUrl('scanner_worker.js'),
      wasm: new URL(assetUrl('zxing_reader.wasm'), location.href).href,
      onCodes: (codes) => this.read(codes[0]?.text ?? ''),
      onBroken: () => {
        this.phase = 'broken';
        this.requestUpdate();
      },
    });
  }

  /** @private @param {string} text */
  read(text) {
    const now = performance.now();
    const fresh = isNewCode(this.last, text, now);
    this.last = { text, at: now };
    if (!fresh || !text || document.querySelector('dialog[open]')) return;
    this.hit = true;
    this.requestUpdate();
    setTimeout(() => {
      this.hit = false;
      this.requestUpdate();
    }, 500);
    this.dispatchEvent(new CustomEvent('code', { detail: text }));
  }

  render() {
    const live = this.phase === 'live';
    const bad = !live && this.phase !== 'opening';
    return html`<div class="camera-box">
      <video muted playsinline aria-hidden="true"></video>
      ${this.phase === 'opening' ? html`<div class="camera-note">${waiting(t('scan.opening'))}</div>` : nothing}
      ${live
        ? html`<div class="frame ${this.hit ? 'hit' : ''}" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
            ${this.hint ? html`<p class="camera-hint">${this.hint}</p>` : nothing}`
        : nothing}
      ${live ? html`<div class="reader-lens">${this.renderLens()}</div>` : nothing}
      ${bad ? html`<div class="camera-note">${this.renderProblem()}</div>` : nothing}
    </div>`;
  }

  /** @private @param {{ codes: string[] } | { problem: import('../device/code_picture.js').NoCode }} result */
  photographed(result) {
    this.photoProblem = 'problem' in result ? t(`scan.photo_${result.problem}`) : '';
    if ('codes' in result) this.dispatchEvent(new CustomEvent('code', { detail: result.codes[0] ?? '' }));
    this.requestUpdate();
  }

  /** @private */
  renderProblem() {
    const byPhoto = codePhotoKey((result) => this.photographed(result));
    const safe = this.photoProblem ? { safe: this.photoProblem } : {};
    if (this.phase === 'broken') return messageBox({ what: t('scan.reader_broken'), next: t('scan.type_next'), ...safe });
    const reason = /** @type {import('../device/camera.js').ProblemReason} */ (this.phase);
    const words = cameraProblemWords(reason);
    const again = html`<button type="button" class="big" @click=${() => void this.open()}>${t('phone.try_again')}</button>${byPhoto}`;
    return messageBox({ what: words.what, next: words.next, actions: again, ...safe });
  }
}

customElements.define('dp-code-reader', CodeReader);
