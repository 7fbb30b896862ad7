/** The one shape of bad news: what happened, what is safe, what to do next. */

import { html, nothing } from 'lit';
import { infoIcon, warnIcon } from './icons.js';

/**
 * @param {object} news
 * @param {'error' | 'warn' | 'info'} [news.kind]
 * @param {string} news.what
 * @param {string} [news.safe]
 * @param {string} [news.next]
 * @param {import('lit').TemplateResult | typeof nothing} [news.actions]
 */
export function messageBox({ kind = 'error', what, safe, next, actions = nothing }) {
  return html`<section class="message ${kind}" role=${kind === 'info' ? 'status' : 'alert'}>
    ${kind === 'info' ? infoIcon : warnIcon}
    <div>
      <p class="message-what">${what}</p>
      ${safe ? html`<p>${safe}</p>` : nothing} ${next ? html`<p>${next}</p>` : nothing}
      ${actions === nothing ? nothing : html`<div class="message-actions">${actions}</div>`}
    </div>
  </section>`;
}

/** @param {string} label what is being waited for */
export function waiting(label) {
  return html`<p class="waiting" role="status"><span class="spinner" aria-hidden="true"></span>${label}</p>`;
}
