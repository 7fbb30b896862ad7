/** A wedge scanner types a code and Enter, wherever the person's finger was last. */

import { KeyReader } from '../core/key_input.js';

/**
 * @param {(text: string) => void} onCode
 * @returns {() => void} stops listening
 */
export function listenForCodes(onCode) {
  const reader = new KeyReader();
  const stopped = new AbortController();
  const heard = (/** @type {KeyboardEvent} */ event) => {
    if (isElsewhere(event) || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const meaning = reader.read(event.key, event.timeStamp);
    if (meaning?.type !== 'scan') return;
    // Else its Enter presses whichever button has the focus.
    event.preventDefault();
    onCode(meaning.text);
  };
  window.addEventListener('keydown', heard, { capture: true, signal: stopped.signal });
  return () => stopped.abort();
}

/** Whether the key belongs to a field or a question. @param {KeyboardEvent} event */
function isElsewhere({ target }) {
  if (document.querySelector('dialog[open]')) return true;
  return target instanceof HTMLElement && target.matches('input, select, textarea');
}
