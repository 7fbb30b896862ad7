/** What to tell a person whose camera or microphone does not open. */

import { t } from '../ui/words.js';

/** @typedef {import('../device/camera.js').ProblemReason} ProblemReason */

/**
 * @param {ProblemReason} reason
 * @returns {{ what: string, next: string }}
 */
export function cameraProblemWords(reason) {
  return { what: t(`scan.camera_${reason}`), next: t(`scan.camera_${reason}_next`) };
}

/** @param {ProblemReason} reason @returns {string} */
export function soundProblemWords(reason) {
  return t(reason === 'refused' ? 'count.sound_refused' : reason === 'in_use' ? 'count.sound_in_use' : 'count.sound_none');
}
