/** A photo of a code instead of the live camera: for browsers that refuse the camera, and codes too small for it. */

import { html } from 'lit';
import { assetUrl } from '../core/assets.js';
import { codesInPicture } from '../device/code_picture.js';
import { photoIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';

/**
 * A key that opens the phone's own camera.
 * @param {(result: { codes: string[] } | { problem: import('../device/code_picture.js').NoCode }) => void} onResult
 */
export function codePhotoKey(onResult) {
  const chosen = async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const [file] = input.files ?? [];
    if (!file) return;
    const wasm = new URL(assetUrl('zxing_reader.wasm'), location.href).href;
    const result = await codesInPicture(file, { worker: assetUrl('scanner_worker.js'), wasm });
    // The same file chosen again is to be read again.
    input.value = '';
    onResult(result);
  };
  // A label, not a script's click: some chat apps' browsers open the camera for a finger only.
  return html`<label class="big plain by-photo" data-code-photo>
    ${photoIcon}<span>${t('scan.by_photo')}</span>
    <input type="file" accept="image/*" capture="environment" class="visually-hidden" @change=${chosen} />
  </label>`;
}
