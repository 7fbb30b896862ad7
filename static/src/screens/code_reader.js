/** The live camera that reads codes: on the scan screen and at enrolment. Sends `code` with the text, once per showing. */

import { html, nothing } from 'lit';
import { assetUrl } from '../core/assets.js';
import { CameraProblem, hasTorch, openCamera, setTorch, showStream } from '../device/camera.js';
import { isNewCode, startScanner } from '../device/scanner.js';
import { torchIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { cameraProblemWords } from './camera_words.js';

export class CodeReader extends View {
  static properties = { hint: { attribute: false } };

  constructor() {
    super();
    this.hint = '';
    /** @type {'opening' | 'live' | 'broken' | import('../device/camera.js').ProblemReason} */
    this.phase = 'opening';
    this.hit = false;
    this.torchOn = false;
    /** @private @type {import('../device/camera.js').OpenCamera | null} */
    this.camera = null;
    /** @private @type {{ stop: () => void } | null} */
    this.scanner = null;
    /** @private @type {{ text: string, at: number } | null} */
    this.last = null;
    /** @private */
    this.onVisible = () => this.wake();
  }

  firstUpdated() {
    document.addEventListener('visibilitychange', this.onVisible);
    void this.open();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.onVisible);
    this.close();
  }

  /** Phones take the camera away from a hidden page: open it again on return. @private */
  wake() {
    if (document.visibilityState !== 'visible' || this.phase === 'opening') return;
    if (!this.camera || this.camera.videoTrack.readyState === 'ended') {
      this.close();
      void this.open();
    } else {
      void this.querySelector('video')?.play().catch(() => undefined);
    }
  }

  /** @private */
  close() {
    this.scanner?.stop();
    this.scanner = null;
    this.camera?.close();
    this.camera = null;
    this.torchOn = false;
  }

  async open() {
    this.phase = 'opening';
    this.requestUpdate();
    try {
      const camera = await openCamera({ audio: false });
      if (!this.isConnected) {
        camera.close();
        return;
      }
      this.camera = camera;
      const video = /** @type {HTMLVideoElement} */ (this.piece('video'));
      await showStream(video, camera.stream);
      if (!this.isConnected) return;
      this.phase = 'live';
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
    } catch (error) {
      this.close();
      this.phase = error instanceof CameraProblem ? error.reason : 'failed';
    }
    this.requestUpdate();
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

  /** @private */
  async toggleTorch() {
    if (!this.camera) return;
    const on = !this.torchOn;
    await setTorch(this.camera.videoTrack, on).then(() => (this.torchOn = on)).catch(() => undefined);
    this.requestUpdate();
  }

  render() {
    const live = this.phase === 'live';
    const bad = !live && this.phase !== 'opening';
    return html`<div class="camera-box">
      <video muted playsinline aria-hidden="true"></video>
      ${this.phase === 'opening' ? html`<div class="camera-note">${waiting(t('scan.opening'))}</div>` : nothing}
      ${live
        ? html`<div class="frame ${this.hit ? 'hit' : ''}" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
            <p class="camera-hint">${this.hint}</p>`
        : nothing}
      ${live && this.camera && hasTorch(this.camera.videoTrack)
        ? html`<button type="button" class="torch" aria-label=${t('scan.torch')} aria-pressed=${this.torchOn ? 'true' : 'false'}
            @click=${() => void this.toggleTorch()}>${torchIcon}</button>`
        : nothing}
      ${bad ? html`<div class="camera-note">${this.renderProblem()}</div>` : nothing}
    </div>`;
  }

  /** @private */
  renderProblem() {
    if (this.phase === 'broken') return messageBox({ what: t('scan.reader_broken'), next: t('scan.type_next') });
    const reason = /** @type {import('../device/camera.js').ProblemReason} */ (this.phase);
    const words = cameraProblemWords(reason);
    const again = html`<button type="button" class="big" @click=${() => void this.open()}>${t('phone.try_again')}</button>`;
    return messageBox({ what: words.what, next: words.next, actions: again });
  }
}

customElements.define('dp-code-reader', CodeReader);
