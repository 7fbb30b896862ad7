/** What broke into a take, in words, with how long it lasted. */

import { elapsedText } from '../device/overlay.js';
import { t } from '../ui/words.js';

/** @param {import('../core/interruptions.js').Interruption} one */
export function interruptionText({ what, ms, long }) {
  const from = elapsedText(ms);
  if (long === null) return t('take.break_open', { what: t(`take.break_${what}`), from });
  return t('take.break_for', { what: t(`take.break_${what}`), from, seconds: Math.max(1, Math.round(long / 1000)) });
}
