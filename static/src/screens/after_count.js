/** What a finished count asks for at once: proof of a difference while the goods lie there, the sample, the result. */

import { html, nothing } from 'lit';
import { stateOf } from '../core/receiving.js';
import { COUNT_DIFFERS } from '../core/table_evidence.js';
import { warnIcon } from '../ui/icons.js';
import { messageBox } from '../ui/message.js';
import { appState } from '../ui/state.js';
import { t } from '../ui/words.js';
import { loadWork } from './parcel_work.js';
import { resultOf } from './result_facts.js';
import { discrepancyPath, resultPath, samplePath } from './routes.js';

/** `sample`: a line whose sample is asked and not drawn. @typedef {{ parcel: string, differs: boolean, sample: string | null }} AfterCount */

/** @param {string} parcelId @returns {Promise<AfterCount | null>} null: this phone does not know the parcel */
export async function afterCount(parcelId) {
  const work = await loadWork(parcelId);
  if (!work) return null;
  const { differs } = await resultOf(work, appState().site);
  const drawn = new Set(work.facts.filter(({ kind, gone }) => kind === 'draw' && !gone).map(({ values }) => values.line));
  const asked = stateOf(work.progress, 'sample') === 'open';
  return { parcel: parcelId, differs: differs === true, sample: asked ? work.counted.find((line) => !drawn.has(line)) ?? null : null };
}

/** @param {AfterCount | null} after */
export function afterNews(after) {
  if (!after?.differs) return nothing;
  return messageBox({ kind: 'warn', what: t('evidence.differs'), safe: t('evidence.told'), next: t('evidence.no_confirm') });
}

/** @param {AfterCount | null} after @param {(path: string) => void} go */
export function afterKeys(after, go) {
  if (!after) return nothing;
  const { parcel, differs, sample } = after;
  return html`${differs
      ? html`<button type="button" class="big main" data-differs @click=${() => go(discrepancyPath(parcel, COUNT_DIFFERS))}>${warnIcon}${t('evidence.show_now')}</button>`
      : nothing}
    <div class="pair">
      ${sample ? html`<button type="button" class="big ${differs ? 'plain' : 'main'}" data-sample @click=${() => go(samplePath(parcel, sample))}>${t('receive.to_sample')}</button>` : nothing}
      <button type="button" class="big plain" data-result @click=${() => go(resultPath(parcel))}>${t('judge.to_result')}</button>
    </div>`;
}
