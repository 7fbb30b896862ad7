/** The screens of an opened parcel by their address: sample, decision, evidence, guided captures, result. */

import { GUIDES } from '../core/guides.js';
import { DISCREPANCIES } from '../core/record_kinds.js';
import { COUNT_DIFFERS } from '../core/table_evidence.js';
import { DiscrepancyScreen } from './discrepancy.js';
import { GuidedScreen } from './guided.js';
import { ListingScreen } from './listing.js';
import { MeasureScreen } from './measure.js';
import { ResultScreen } from './result_card.js';
import { SampleScreen } from './sample.js';
import { VerdictScreen } from './verdict.js';
import { WantedScreen } from './wanted.js';

/** @param {string} slot @returns {boolean} whether this capture is a film: a camera never starts by itself */
export function films(slot) {
  return GUIDES.has(slot);
}

/**
 * @param {import('./routes.js').Route} route
 * @returns {import('../ui/view.js').View | null} null: another screen's address, or a thing nobody knows
 */
export function inspectingView(route) {
  switch (route.screen) {
    case 'sample':
      return Object.assign(new SampleScreen(), { parcelId: route.parcel, line: route.line });
    case 'verdict':
      return Object.assign(new VerdictScreen(), { parcelId: route.parcel });
    case 'result':
      return Object.assign(new ResultScreen(), { parcelId: route.parcel });
    case 'wanted':
      return Object.assign(new WantedScreen(), { parcelId: route.parcel });
    case 'measure':
      return Object.assign(new MeasureScreen(), { parcelId: route.parcel, take: route.take });
    case 'discrepancy': {
      const known = route.type === COUNT_DIFFERS || DISCREPANCIES.some((type) => type === route.type);
      return known ? Object.assign(new DiscrepancyScreen(), { parcelId: route.parcel, type: route.type }) : null;
    }
    case 'guided':
      if (films(route.slot)) return Object.assign(new GuidedScreen(), { parcelId: route.parcel, asked: route.slot });
      return Object.assign(new ListingScreen(), { parcelId: route.parcel });
    default:
      return null;
  }
}
