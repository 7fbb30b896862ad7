/** The bar on top of every screen: where am I, is what I filmed safe, which language. */

import { html, nothing } from 'lit';
import { ask } from './dialog.js';
import { backIcon, shieldDoneIcon, shieldIcon } from './icons.js';
import { appState } from './state.js';
import { LANGUAGES, chooseAndKeep, language, t } from './words.js';

async function askLanguage() {
  const chosen = await ask({
    title: t('phone.language'),
    choices: LANGUAGES.map((one) => ({
      value: one.code,
      label: one.name,
      look: one.code === language() ? /** @type {const} */ ('main') : /** @type {const} */ ('plain'),
    })),
    focus: language(),
  });
  const picked = LANGUAGES.find((one) => one.code === chosen);
  if (picked) await chooseAndKeep(picked.code).catch(() => undefined);
}

/** @param {(path: string) => void} go */
function safetyBadge(go) {
  const { unsafe } = appState();
  const label = unsafe > 0 ? t('phone.badge_unsafe', { n: unsafe }) : t('phone.badge_safe');
  return html`<button type="button" class="bar-button badge ${unsafe > 0 ? 'unsafe' : ''}" aria-label=${label}
    @click=${() => go('/captures')}>${unsafe > 0 ? shieldIcon : shieldDoneIcon}${unsafe > 0
      ? html`<span class="badge-count">${unsafe}</span>`
      : nothing}</button>`;
}

/**
 * @param {object} options
 * @param {string} options.title
 * @param {(() => void) | null} [options.back] shown as an arrow
 * @param {((path: string) => void) | null} [options.go] shows the safety badge
 */
export function appBar({ title, back = null, go = null }) {
  const short = LANGUAGES.find((one) => one.code === language())?.short ?? '';
  return html`<header class="bar">
    ${back
      ? html`<button type="button" class="bar-button" aria-label=${t('phone.back')} @click=${back}>${backIcon}</button>`
      : nothing}
    <h1 class=${back ? '' : 'alone'}>${title}</h1>
    ${go && appState().site ? safetyBadge(go) : nothing}
    <button type="button" class="bar-button language" aria-label="${t('phone.language')}: ${short}"
      @click=${askLanguage}>${short}</button>
  </header>`;
}
