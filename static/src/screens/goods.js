/** Goods as a receiver knows them: a picture, a colour, a size. */

import { html } from 'lit';
import { boxIcon } from '../ui/icons.js';
import { t } from '../ui/words.js';

/**
 * @typedef {object} GoodsLine
 * @property {string} id
 * @property {string} title
 * @property {string | null} [spec]
 * @property {string | null} [colour]
 * @property {string | null} [size]
 * @property {string | null} [unit]
 * @property {number | null} [pack_factor] pieces in one ordered unit
 */

/**
 * What tells this line from its neighbours: colour and size, else the specification, else the title.
 * @param {GoodsLine} line
 * @returns {string}
 */
export function variantOf(line) {
  const told = [line.colour, line.size].filter(Boolean).join(' · ');
  return told || line.spec || line.title;
}

/**
 * @param {GoodsLine} line
 * @param {string | undefined} pictureUrl
 */
export function goodsRow(line, pictureUrl) {
  const variant = variantOf(line);
  return html`${pictureUrl
      ? html`<img class="picture" src=${pictureUrl} alt="" />`
      : html`<span class="picture" aria-hidden="true">${boxIcon}</span>`}
    <span class="goods">
      <span class="variant">${variant}</span>
      ${line.title === variant ? '' : html`<span class="name">${line.title}</span>`}
      ${line.pack_factor ? html`<span class="quiet">${t('phone.pack_of', { n: line.pack_factor })}</span>` : ''}
    </span>`;
}
