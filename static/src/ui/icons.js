/** Line icons, drawn here so that nothing is fetched. Decorative: the words beside them name the button. */

import { svg } from 'lit';

/** @param {import('lit').TemplateResult} paths */
const icon = (paths) => svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`;

export const backIcon = icon(svg`<path d="M15 5l-7 7 7 7" />`);
export const shieldIcon = icon(svg`<path d="M12 3l7.5 3v5.5c0 4.6-3.1 7.9-7.5 9.5-4.400-1.600-7.5-4.9-7.5-9.5V6z" />`);
export const shieldDoneIcon = icon(
  svg`<path d="M12 3l7.5 3v5.5c0 4.6-3.1 7.9-7.5 9.5-4.4-1.6-7.5-4.9-7.5-9.5V6z" /><path d="M8.5 12l2.5 2.5 4.5-5" />`,
);
export const keyboardIcon = icon(
  svg`<rect x="2.5" y="6" width="19" height="12.5" rx="2" /><path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14.5h8" />`,
);
export const torchIcon = icon(svg`<path d="M8 3h8v4l-2 3v11h-4V10L8 7zM8 7h8" />`);
export const recordIcon = icon(svg`<circle cx="12" cy="12" r="9" /><circle class="full" cx="12" cy="12" r="4.5" />`);
export const undoIcon = icon(svg`<path d="M8 5L4 9l4 4M4 9h9.5a5.5 5.5 0 010 11H8" />`);
export const doneIcon = icon(svg`<path d="M4.5 12.5l5 5 10-11" />`);
export const noIcon = icon(svg`<path d="M6 6l12 12M18 6L6 18" />`);
export const eraseIcon = icon(svg`<path d="M8 5h12v14H8l-5.5-7zM12 9.5l5 5M17 9.5l-5 5" />`);
export const boxIcon = icon(svg`<path d="M3.5 8L12 3.5 20.5 8v8.5L12 21l-8.5-4.5zM3.5 8l8.5 4.5L20.5 8M12 12.5V21" />`);
export const warnIcon = icon(svg`<path d="M12 4l9 16H3zM12 10v4.5M12 17.200h.01" />`);
export const scanIcon = icon(svg`<path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16" />`);
export const personIcon = icon(svg`<circle cx="12" cy="8" r="4" /><path d="M4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6" />`);
export const infoIcon = icon(svg`<circle cx="12" cy="12" r="9" /><path d="M12 11v5.5M12 7.5h.01" />`);
export const photoIcon = icon(svg`<path d="M4 7.5h3.5L9.5 5h5l2 2.5H20v11.5H4z" /><circle cx="12" cy="13" r="3.5" />`);
export const switchIcon = icon(svg`<path d="M4 11a8 8 0 0113.5-4.5L20 9M20 4v5h-5M20 13a8 8 0 01-13.5 4.5L4 15M4 20v-5h5" />`);
