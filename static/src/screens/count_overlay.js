/** What is burned into a count's pixels: facts that nothing later can correct. */

import { printedCode } from '../core/label.js';
import { elapsedText } from '../device/overlay.js';
import { t } from '../ui/words.js';
import { variantOf } from './goods.js';

/**
 * @param {import('./parcel_facts.js').ParcelFacts | null} facts
 * @param {{ received: string, limits: string[] }} receipt as it stood when the take began: the bands keep their height
 * @param {import('../device/take_events.js').TakeEvents | null} events
 * @param {number} ms time in the take
 * @returns {import('../device/overlay.js').OverlayModel}
 */
export function overlayModel(facts, receipt, events, ms) {
  const perLine = events?.perLine ?? new Map();
  return {
    orderNos: facts?.orders.map((order) => order.order_no) ?? [],
    parcelCode: facts?.label ? printedCode(facts.label) : facts?.waybill ?? '',
    received: receipt.received,
    limits: receipt.limits,
    totalLabel: t(events?.recounted ? 'count.overlay_recount' : 'count.overlay_total'),
    total: events?.total ?? 0,
    lines: (facts?.lines ?? []).map((line) => ({
      label: variantOf(line),
      count: perLine.get(line.id) ?? 0,
      current: events?.lastLine === line.id,
    })),
    elapsed: elapsedText(ms),
  };
}
