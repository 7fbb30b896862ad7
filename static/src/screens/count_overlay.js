/** What is burned into a count's pixels: facts that nothing later can correct. */

import { printedCode } from '../core/label.js';
import { elapsedText } from '../device/overlay.js';
import { wholeUnits } from '../store/continued.js';
import { t } from '../ui/words.js';
import { sumOf, whoCounted } from './count_resume.js';
import { variantOf } from './goods.js';

/**
 * Which part of a count in several films this is, and from whose count it goes on.
 * @param {import('../store/continued.js').Continued | null} continued
 * @returns {string} empty: the only one
 */
export function partText(continued) {
  if (!continued) return '';
  const { names, units, recounted } = continued;
  const part = names.length + 1;
  if (recounted) return t('count.part', { part });
  const who = whoCounted(names);
  return units ? t('count.part_from', { part, who, n: sumOf(new Map(units)) }) : t('count.part_unknown', { part, who });
}

/**
 * @param {import('./parcel_facts.js').ParcelFacts | null} facts
 * @param {{ received: string, limits: string[] }} receipt as it stood when the take began: the bands keep their height
 * @param {import('../device/take_events.js').TakeEvents | null} events
 * @param {number} ms time in the take
 * @param {import('../store/continued.js').Continued | null} [continued] the count that it goes on with
 * @returns {import('../device/overlay.js').OverlayModel}
 */
export function overlayModel(facts, receipt, events, ms, continued = null) {
  const own = events?.perLine ?? new Map();
  // Also when it is counted anew: the take began as that part, and the bands keep their height.
  const part = partText(continued);
  const perLine = wholeUnits(own, continued && { ...continued, recounted: events?.recounted ?? false }) ?? own;
  return {
    orderNos: facts?.orders.map((order) => order.order_no) ?? [],
    parcelCode: facts?.label ? printedCode(facts.label) : facts?.waybill ?? '',
    received: receipt.received,
    limits: part ? [...receipt.limits, part] : receipt.limits,
    totalLabel: t(events?.recounted ? 'count.overlay_recount' : 'count.overlay_total'),
    total: sumOf(perLine),
    lines: (facts?.lines ?? []).map((line) => ({
      label: variantOf(line),
      count: perLine.get(line.id) ?? 0,
      current: events?.lastLine === line.id,
    })),
    elapsed: elapsedText(ms),
  };
}
