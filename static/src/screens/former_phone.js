/** After a phone's storage was cleared and it was set up again: what the server has of before, and what never came. */

import { html, nothing } from 'lit';
import { formatInstant } from '../core/deadlines.js';
import { t } from '../ui/words.js';
import { sizeText } from './capture_state.js';

/** @typedef {import('../store/settings.js').FormerPhone} FormerPhone */

/** @param {FormerPhone['captures'][number]} capture @returns {string} */
function partText({ bytes, here }) {
  if (bytes === null) return t('former.not_closed');
  return here > 0 ? t('former.partly', { here: sizeText(here), all: sizeText(bytes) }) : t('former.nothing_of', { all: sizeText(bytes) });
}

/** @param {FormerPhone['captures'][number]} capture @param {string} zone */
function captureRow(capture, zone) {
  const what = [t(capture.kind === 'take' ? 'former.film' : 'former.photo'), capture.slot && t(`slot.${capture.slot}`)];
  return html`<li class="take-row"><div class="grow">
    <p><strong>${what.filter(Boolean).join(' · ')}</strong></p>
    <p class="quiet number">${capture.orders.join(', ') || t('sync.no_order')}</p>
    <p class="quiet">${[formatInstant(Date.parse(capture.at), zone), capture.worker].filter(Boolean).join(' · ')}</p>
    <p class="state bad">${partText(capture)}</p>
  </div></li>`;
}

/** @param {[number, number]} run */
const gapText = ([first, last]) => (first === last ? t('former.gap_one', { n: first }) : t('former.gap', { first, last }));

/** @param {FormerPhone} former @param {string} zone of the site */
export function formerPhoneBody({ last_seq: seq, lost, captures, more }, zone) {
  const whole = lost.length === 0 && captures.length === 0;
  return html`<p>${seq > 0 ? t('former.here', { n: seq }) : t('former.here_none')}</p>
    ${whole ? html`<p>${t('former.whole')}</p>` : nothing}
    ${lost.map((run) => html`<p class="state bad" data-gap>${gapText(run)}</p>`)}
    ${captures.length > 0
      ? html`<p><strong>${t('former.missing', { n: captures.length + more })}</strong></p>
          <ul class="rows">${captures.map((one) => captureRow(one, zone))}</ul>
          ${more > 0 ? html`<p class="quiet">${t('former.more', { n: more })}</p>` : nothing}`
      : nothing}
    ${whole ? nothing : html`<p>${t('former.next')}</p>`}`;
}
