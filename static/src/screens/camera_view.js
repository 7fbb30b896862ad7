/**
 * A view with a live camera: opened when it is shown, opened again when phones took it away from a hidden page, closed
 * with the view; with torch, zoom and another lens where the phone has them.
 */

import { html, nothing } from 'lit';
import { CameraProblem, hasTorch, openCamera, setTorch, showStream } from '../device/camera.js';
import { cameraIds, chooseCamera, chosenCamera, otherCamera, setZoom, zoomsOf } from '../device/camera_choice.js';
import { switchIcon, torchIcon } from '../ui/icons.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';

export class CameraView extends View {
  constructor() {
    super();
    /** `broken`: a view's own reader of the picture has failed. @type {'opening' | 'live' | 'broken' | import('../device/camera.js').ProblemReason} */
    this.phase = 'opening';
    /** @protected @type {import('../device/camera.js').OpenCamera | null} */
    this.camera = null;
    /** @private */
    this.torchOn = false;
    /** @private @type {number[]} */
    this.zooms = [];
    /** @private */
    this.zoom = 0;
    /** @private @type {string[]} */
    this.cameras = [];
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

  /** @private */
  wake() {
    if (document.visibilityState !== 'visible' || this.phase === 'opening') return;
    if (this.camera?.videoTrack.readyState === 'live') {
      void this.querySelector('video')?.play().catch(() => undefined);
    } else {
      void this.open();
    }
  }

  /** The size of picture that this view asks for. @protected @returns {{ width: number, height: number } | undefined} */
  wantedSize() {
    return undefined;
  }

  /** The camera is live in `video`. @protected @param {HTMLVideoElement} _video */
  onLive(_video) {}

  /** @protected */
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
      const size = this.wantedSize();
      const camera = await openCamera({ audio: false, camera: chosenCamera(), ...(size ? { size } : {}) });
      if (!this.isConnected) {
        camera.close();
        return;
      }
      this.camera = camera;
      const video = /** @type {HTMLVideoElement} */ (this.piece('video'));
      await showStream(video, camera.stream);
      this.cameras = await cameraIds();
      // Closed meanwhile, with the view or for another lens.
      if (this.camera !== camera) return;
      this.zooms = zoomsOf(camera.videoTrack);
      this.phase = 'live';
      this.onLive(video);
    } catch (error) {
      this.close();
      this.phase = error instanceof CameraProblem ? error.reason : 'failed';
    }
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

  /** What this camera can do. @protected */
  renderLens() {
    const track = this.camera?.videoTrack;
    const factor = Math.round((this.zooms[this.zoom] ?? 1) / (this.zooms[0] ?? 1));
    return html`${track && hasTorch(track)
        ? html`<button type="button" class="lens" aria-label=${t('scan.torch')} aria-pressed=${this.torchOn ? 'true' : 'false'}
            @click=${() => void this.toggleTorch()}>${torchIcon}</button>`
        : nothing}
      ${this.zooms.length > 1
        ? html`<button type="button" class="lens number" aria-label=${t('photo.zoom', { factor })}
            @click=${() => void this.zoomOn()}>${factor}×</button>`
        : nothing}
      ${this.cameras.length > 1
        ? html`<button type="button" class="lens" aria-label=${t('photo.other_camera')}
            @click=${() => void this.takeOther()}>${switchIcon}</button>`
        : nothing}`;
  }
}
