/**
 * What keys mean while units are counted: a clicker or keyboard adds and takes back, a wedge scanner types a code faster
 * than any person and ends it with Enter. Pure: the time is a parameter.
 */

const COUNT_KEYS = new Set(['Enter', ' ', 'PageDown', 'ArrowRight', 'ArrowDown', 'AudioVolumeUp', 'VolumeUp', '+']);
const UNDO_KEYS = new Set(['Backspace', 'Delete', 'PageUp', 'ArrowLeft', 'ArrowUp', 'AudioVolumeDown', 'VolumeDown', '-']);
/** Slow wedges send a key every 20 to 40 ms; a fast typist needs 80. */
const BURST_MS = 60;
const SHORTEST_CODE = 4;

/** @typedef {{type: 'count'} | {type: 'undo'} | {type: 'scan', text: string}} KeyMeaning */

export class KeyReader {
  constructor() {
    /** @private */ this.text = '';
    /** @private */ this.at = -Infinity;
  }

  /**
   * @param {string} key `KeyboardEvent.key`
   * @param {number} now milliseconds
   * @returns {KeyMeaning | null} null: it means nothing, or nothing yet
   */
  read(key, now) {
    // A wedge scanner sends Shift before each capital letter.
    if (key === 'Shift') return null;
    const fast = now - this.at <= BURST_MS;
    if (!fast) this.text = '';
    const printed = Array.from(key).length === 1;
    if (printed || key === 'Enter') this.at = now;
    if (key === 'Enter' && this.text.length >= SHORTEST_CODE) {
      const { text } = this;
      this.text = '';
      return { type: 'scan', text };
    }
    if (printed && (this.text !== '' || !isCommand(key))) {
      this.text += key;
      return null;
    }
    this.text = '';
    if (COUNT_KEYS.has(key)) return { type: 'count' };
    return UNDO_KEYS.has(key) ? { type: 'undo' } : null;
  }
}

/** Whether the key alone does something. @param {string} key */
export function isCommand(key) {
  return COUNT_KEYS.has(key) || UNDO_KEYS.has(key);
}
