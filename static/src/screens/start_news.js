/** Bad news from before there is a screen: the database does not open. Never a white page. */

import { html, nothing, render } from 'lit';
import { appBar } from '../ui/app_bar.js';
import { messageBox } from '../ui/message.js';
import { t } from '../ui/words.js';

/**
 * A place of its own in the page: the shell, when it comes, clears it away.
 * @param {HTMLElement} root
 * @param {import('lit').TemplateResult | typeof nothing} news
 */
function say(root, news) {
  let place = root.querySelector('.start-news');
  if (!place) {
    place = document.createElement('div');
    place.className = 'start-news';
    root.replaceChildren(place);
  }
  render(
    html`${appBar({ title: t('phone.title') })}<div class="page">${news}</div>`,
    /** @type {HTMLElement} */ (place),
  );
}

const again = () => html`<button type="button" class="big main" @click=${() => location.reload()}>${t('phone.try_again')}</button>`;

/** Another tab still runs an older app. @param {HTMLElement} root @param {boolean} blocked false: not any more */
export function tellBlocked(root, blocked) {
  const box = () => messageBox({ kind: 'warn', what: t('start.other_tab'), safe: t('start.safe'), next: t('start.other_tab_next') });
  say(root, blocked ? box() : nothing);
}

/** @param {HTMLElement} root @param {unknown} error */
export function tellNoStart(root, error) {
  // An older app, still in some cache, before a database that a newer one has changed.
  const newer = /** @type {{name?: string} | null} */ (error)?.name === 'VersionError';
  const [what, next] = newer ? ['start.newer', 'start.newer_next'] : ['start.failed', 'start.failed_next'];
  say(root, messageBox({ what: t(what), safe: t('start.safe'), next: t(next), actions: again() }));
}
