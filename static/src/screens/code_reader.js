/** The live camera that reads codes: on the scan screen and at enrolment. Sends `code` with the text, once per showing. */

import { html, nothing } from 'lit';
import { assetUrl } from '../core/assets.js';
import { CameraProblem, hasTorch, openCamera, setTorch, showStream } from '../device/camera.js';
import { cameraIds, chooseCamera, chosenCamera, otherCamera, setZoom, zoomsOf } from '../device/camera_choice.js';
import { isNewCode, startScanner } from '../device/scanner.js';
import { switchIcon, torchIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { cameraProblemWords } from './camera_words.js';
import { codePhotoKey } from './code_photo.js';

export class CodeReader extends View {
  static properties = { hint: { attribute: false } };

  constructor() {
    super();
    this.hint = '';
    /** @type {'opening' | 'live' | 'broken' | import('../device/camera.js').ProblemReason} */
    this.phase = 'opening';
    this.hit = false;
    this.torchOn = false;
    /** @private @type {number[]} */
    this.zooms = [];
    /** @private */
    this.zoom = 0;
    /** @private @type {string[]} */
    this.cameras = [];
    /** @private a photo in which no code was found */
    this.photoProblem = '';
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
    this.zooms = [];
    this.zoom = 0;
  }

  async open() {
    this.phase = 'opening';
    this.requestUpdate();
    try {
      const camera = await openCamera({ audio: false, camera: chosenCamera() });
      if (!this.isConnected) {
        camera.close();
        return;
      }
      this.camera = camera;
      const video = /** @type {HTMLVideoElement} */ (this.piece('video'));
      await showStream(video, camera.stream);
      if (!this.isConnected) return;
      this.cameras = await cameraIds();
      this.zooms = zoomsOf(camera.videoTrack);
      if (!this.isConnected || this.camera !== camera) return;
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
      ${live && this.camera ? html`<div class="reader-lens">${this.renderLens(this.camera.videoTrack)}</div>` : nothing}
      ${bad ? html`<div class="camera-note">${this.renderProblem()}</div>` : nothing}
    </div>`;
  }

  /** What this camera can do. @private @param {MediaStreamTrack} track */
  renderLens(track) {
    const factor = Math.round((this.zooms[this.zoom] ?? 1) / (this.zooms[0] ?? 1));
    return html`${hasTorch(track)
        ? html`<button type="button" class="lens" aria-label=${t('scan.torch')} aria-pressed=${this.torchOn ? 'true' : 'false'}
            @click=${() => void this.toggleTorch()}>${torchIcon}</button>`
        : nothing}
      ${this.zooms.length > 1
        ? html`<button type="button" class="lens number" aria-label=${t('photo.zoom', { factor })} @click=${() => void this.zoomOn()}>${factor}×</button>`
        : nothing}
      ${this.cameras.length > 1
        ? html`<button type="button" class="lens" aria-label=${t('photo.other_camera')} @click=${() => void this.takeOther()}>${switchIcon}</button>`
        : nothing}`;
  }

  /** @private */
  async zoomOn() {
    if (!this.camera) return;
    const next = (this.zoom + 1) % this.zooms.length;
    await setZoom(this.camera.videoTrack, this.zooms[next] ?? 1).then(() => (this.zoom = next)).catch(() => undefined);
    this.requestUpdate();
  }

  /** @private */
  async takeOther() {
    const next = otherCamera(this.cameras, this.camera?.videoTrack.getSettings().deviceId ?? chosenCamera());
    if (!next) return;
    chooseCamera(next);
    this.close();
    await this.open();
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
