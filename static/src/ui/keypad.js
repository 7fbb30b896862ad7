/** Big keys for numbers, in three rows of four: a glove finds them, and the camera above stays large. */

import { html } from 'lit';
import { eraseIcon } from './icons.js';

export const ERASE = 'erase';

/**
 * @param {object} pad
 * @param {readonly string[]} pad.keys in reading order; ERASE takes one character back
 * @param {string} pad.name what is typed
 * @param {string} pad.erase name of the key ERASE
 * @param {boolean} pad.disabled
 * @param {(key: string) => void} pad.onPress
 */
export function keypad({ keys, name, erase, disabled, onPress }) {
  return html`<div class="keypad" role="group" aria-label=${name}>
    ${keys.map((key) =>
      key === ERASE
        ? html`<button type="button" class="key soft" data-key=${key} aria-label=${erase} ?disabled=${disabled} @click=${() => onPress(key)}>${eraseIcon}</button>`
        : html`<button type="button" class="key" data-key=${key} ?disabled=${disabled} @click=${() => onPress(key)}>${key}</button>`,
    )}
  </div>`;
}
