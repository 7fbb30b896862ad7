/** One short reason for a step; a worker who has read it three times finds it folded away behind a key. */

import { html, nothing } from 'lit';
import { knownWhys, noteWhy } from '../store/why_seen.js';
import { infoIcon } from '../ui/icons.js';
import { appState } from '../ui/state.js';
import { View } from '../ui/view.js';
import { t } from '../ui/words.js';

export class WhyLine extends View {
  static properties = { name: { attribute: false } };

  constructor() {
    super();
    /** Of the words `why.<name>`. */
    this.name = '';
    /** @private @type {'unknown' | 'open' | 'folded'} */
    this.fold = 'unknown';
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('name')) void this.load();
  }

  /** @private */
  async load() {
    const { name } = this;
    const worker = appState().worker?.id ?? '';
    this.fold = 'unknown';
    const known = (await knownWhys(worker)).has(name);
    if (this.name !== name) return;
    this.fold = known ? 'folded' : 'open';
    if (!known) void noteWhy(worker, name);
    this.requestUpdate();
  }

  render() {
    if (this.fold === 'unknown') return nothing;
    if (this.fold === 'open') return html`<p class="why">${t(`why.${this.name}`)}</p>`;
    const unfold = () => {
      this.fold = 'open';
      this.requestUpdate();
    };
    return html`<button type="button" class="why-key" aria-label=${t('receive.why')} @click=${unfold}>${infoIcon}</button>`;
  }
}

customElements.define('dp-why', WhyLine);
