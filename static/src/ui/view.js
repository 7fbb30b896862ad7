/** The base of every screen: lit in light DOM, drawn again when words or the app's state change. */

import { LitElement } from 'lit';
import { onState } from './state.js';
import { onWords } from './words.js';

export class View extends LitElement {
  constructor() {
    super();
    /** @private @type {(() => void)[]} */
    this.ends = [];
  }

  /** Light DOM: one style sheet, and labels that point across elements. */
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.ends = [onWords(() => this.requestUpdate()), onState(() => this.requestUpdate())];
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.ends.forEach((end) => end());
  }

  /**
   * Whether the person may leave this screen now; a screen that holds a running take asks.
   * @returns {Promise<boolean>}
   */
  async mayLeave() {
    return true;
  }

  /**
   * Goes to another screen of the app.
   * @param {string} path
   * @param {{ replace?: boolean }} [options] replace: the back button does not return here
   */
  go(path, { replace = false } = {}) {
    this.dispatchEvent(new CustomEvent('dp-go', { bubbles: true, detail: { path, replace } }));
  }

  /**
   * @template {Element} E
   * @param {string} selector
   * @returns {E} the element of this view
   */
  piece(selector) {
    const found = this.querySelector(selector);
    if (!found) throw new Error(`${this.localName} has no ${selector}`);
    return /** @type {E} */ (found);
  }
}
