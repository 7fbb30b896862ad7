/** The state of a take in words, with how much of it the server has. */

import { html, nothing } from 'lit';
import { shieldDoneIcon, shieldIcon, warnIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';

/** @typedef {import('../sync/captures.js').Capture} Capture */

/** Whether the only copy is on this phone, wholly or in part; a take of nothing cannot be lost. @param {Capture} capture */
export function isAtRisk(capture) {
  return capture.state !== 'verified' && capture.problem !== 'empty';
}

/**
 * Bytes as people read them, whole kB below a MB; number and unit stay on one line.
 * @param {number} bytes
 * @returns {string}
 */
export function sizeText(bytes) {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)}\u00a0kB`;
  const tenths = Math.round(bytes / 100_000);
  return `${Math.floor(tenths / 10)}.${tenths % 10}\u00a0MB`;
}

/** @param {Capture} capture */
export function captureRow(capture) {
  if (capture.state === 'verified') return html`<span class="state ok">${shieldDoneIcon}${t('sync.state_verified')}</span>`;
  if (capture.state === 'problem') {
    return html`<span class="state bad">${warnIcon}${t(`sync.problem_${capture.problem ?? 'malformed'}`)}</span>`;
  }
  const part = capture.state === 'uploading' || capture.state === 'committed';
  return html`<span class="state wait">${shieldIcon}${t(`sync.state_${capture.state}`)}</span>
    ${part
      ? html`<progress class="meter" max=${Math.max(1, capture.bytes)} value=${capture.uploadedBytes}
          aria-label=${t('sync.progress')}></progress>
          <span class="quiet number">${sizeText(capture.uploadedBytes)} / ${sizeText(capture.bytes)}</span>`
      : nothing}`;
}
