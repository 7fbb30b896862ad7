/** A label of another instance: said so, with a link that only the person follows. */

import { html, nothing } from 'lit';
import { parseLabel } from '../core/label.js';
import { strangeHost } from '../core/label_host.js';
import { t } from '../ui/words.js';

/** @typedef {{ what: string, next: string, open?: { host: string, address: string } }} Refused */

/**
 * @param {string} text what was scanned or typed, and is not known here
 * @returns {Refused | null} null: no label with the address of another instance
 */
export function otherDock(text) {
  const { code } = parseLabel(text);
  const other = code ? strangeHost(text, [location.host]) : null;
  if (!code || !other) return null;
  const what = t('scan.other_dock', { host: other.host });
  if (!other.secure) return { what, next: t('scan.other_dock_plain') };
  return { what, next: t('scan.other_dock_next'), open: { host: other.host, address: `https://${other.host}/L/${code}` } };
}

/**
 * Nothing is asked of, or told to, the other instance before the person presses.
 * @param {Refused['open']} open
 */
export function openThere(open) {
  if (!open) return nothing;
  return html`<a class="big" href=${open.address} rel="noreferrer noopener">${t('scan.other_dock_open', { host: open.host })}</a>`;
}
