/**
 * A live camera with one large shutter, and beside it the system's own camera for phones where the live one fails. Sends
 * `shot` with {data, mime, source}; keeping it is the screen's.
 */

import { html, nothing } from 'lit';
import { CameraProblem, hasTorch, openCamera, setTorch, showStream, STILL } from '../device/camera.js';
import { cameraIds, chooseCamera, chosenCamera, otherCamera, setZoom, zoomsOf } from '../device/camera_choice.js';
import { signalDone, signalRefused } from '../device/feedback.js';
import { fromFile, shoot } from '../device/photo.js';
import { photoIcon, switchIcon, torchIcon } from '../ui/icons.js';
import { messageBox, waiting } from '../ui/message.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';
import { cameraProblemWords } from './camera_words.js';

/** @typedef {{ data: ArrayBuffer, mime: string, source: 'camera' | 'input' }} Shot */

export class Viewfinder extends View {
  static properties = { hint: { attribute: false }, busy: { attribute: false } };

  constructor() {
    super();
    /** What is to be in the picture. */
    this.hint = '';
    /** The screen is keeping a picture: no other one now. */
    this.busy = false;
    /** @type {'opening' | 'live' | import('../device/camera.js').ProblemReason} */
    this.phase = 'opening';
    /** @type {import('../device/photo.js').PhotoProblemReason | 'no_frame' | null} */
    this.problem = null;
    /** @private the picture is a HEIC */
    this.heic = false;
    /** @private */
    this.shooting = false;
    /** @private */
    this.torchOn = false;
    /** @private @type {number[]} */
    this.zooms = [];
    /** @private */
    this.zoom = 0;
    /** @private @type {string[]} */
    this.cameras = [];
    /** @private @type {import('../device/camera.js').OpenCamera | null} */
    this.camera = null;
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
    if (this.camera?.videoTrack.readyState === 'live') {
      void this.querySelector('video')?.play().catch(() => undefined);
    } else {
      void this.open();
    }
  }

  /** @private */
  close() {
    this.camera?.close();
    this.camera = null;
    this.torchOn = false;
    this.zooms = [];
    this.zoom = 0;
  }

  async open() {
    this.close();
    this.phase = 'opening';
    this.requestUpdate();
    try {
      const camera = await openCamera({ audio: false, size: STILL, camera: chosenCamera() });
      if (!this.isConnected) {
        camera.close();
        return;
      }
      this.camera = camera;
      await showStream(/** @type {HTMLVideoElement} */ (this.piece('video')), camera.stream);
      this.cameras = await cameraIds();
      if (this.camera !== camera) return;
      this.zooms = zoomsOf(camera.videoTrack);
      this.phase = 'live';
    } catch (error) {
      this.close();
      this.phase = error instanceof CameraProblem ? error.reason : 'failed';
    }
    this.requestUpdate();
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

  /** @private */
  async toggleTorch() {
    if (!this.camera) return;
    const on = !this.torchOn;
    await setTorch(this.camera.videoTrack, on).then(() => (this.torchOn = on)).catch(() => undefined);
    this.requestUpdate();
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
    await this.open();
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
    const words = cameraProblemWords(this.phase);
    const again = html`<button type="button" class="big" @click=${() => void this.open()}>${t('phone.try_again')}</button>`;
    return html`<div class="camera-note">${messageBox({ ...words, actions: again })}</div>`;
  }

  /** What this camera can do. @private */
  renderLens() {
    const track = this.camera?.videoTrack;
    const other = this.cameras.length > 1;
    const factor = Math.round((this.zooms[this.zoom] ?? 1) / (this.zooms[0] ?? 1));
    return html`${track && hasTorch(track)
        ? html`<button type="button" class="lens" aria-label=${t('scan.torch')} aria-pressed=${this.torchOn ? 'true' : 'false'}
            @click=${() => void this.toggleTorch()}>${torchIcon}</button>`
        : nothing}
      ${this.zooms.length > 1
        ? html`<button type="button" class="lens number" aria-label=${t('photo.zoom', { factor })}
            @click=${() => void this.zoomOn()}>${factor}×</button>`
        : nothing}
      ${other
        ? html`<button type="button" class="lens" aria-label=${t('photo.other_camera')}
            @click=${() => void this.takeOther()}>${switchIcon}</button>`
        : nothing}`;
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
