/** Listens to clickers, keyboards and wedge scanners while a take runs. */

import { isCommand, KeyReader } from '../core/key_input.js';

/**
 * @param {object} options
 * @param {() => boolean} options.active whether keys count now
 * @param {(meaning: import('../core/key_input.js').KeyMeaning) => void} options.onKey
 * @returns {() => void} stops listening
 */
export function listenKeys({ active, onKey }) {
  const reader = new KeyReader();
  const stopped = new AbortController();
  const options = { capture: true, signal: stopped.signal };
  /** Somebody who walks the screen with Tab presses its buttons with Enter and Space; a clicker never sends Tab. */
  let walking = false;

  window.addEventListener('pointerdown', () => (walking = false), options);
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') walking = true;
    if (!active() || isElsewhere(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (walking && (event.key === 'Enter' || event.key === ' ')) return;
    // A key that is held down is one press.
    const meaning = event.repeat ? null : reader.read(event.key, event.timeStamp);
    // Else a clicker would press whichever button was touched last, or turn the phone's volume.
    if (isCommand(event.key)) event.preventDefault();
    if (meaning) onKey(meaning);
  }, options);
  return () => stopped.abort();
}

/** Whether the key belongs to a field or a question. @param {KeyboardEvent} event */
function isElsewhere({ target }) {
  if (document.querySelector('dialog[open]')) return true;
  return target instanceof HTMLElement && target.matches('input, select, textarea');
}
