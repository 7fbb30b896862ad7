/** Which camera of this phone, and how near: tried by capability, since cheap phones have several and some see badly. */

/** Which one a person took last on this page. @type {string | null} */
let chosen = null;

/** @returns {string | null} device id */
export function chosenCamera() {
  return chosen;
}

/** @param {string} camera device id */
export function chooseCamera(camera) {
  chosen = camera;
}

/** @returns {Promise<string[]>} device ids; before the camera was allowed browsers name none */
export async function cameraIds() {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId).map(({ deviceId }) => deviceId);
  } catch {
    return [];
  }
}

/**
 * @param {readonly string[]} ids
 * @param {string | null | undefined} current
 * @returns {string | null} the one after it, in a ring; null: there is no other
 */
export function otherCamera(ids, current) {
  const next = ids[(ids.indexOf(current ?? '') + 1) % ids.length];
  return next === undefined || next === current ? null : next;
}

/** Steps that a thumb in a glove can tell apart. */
const FACTORS = [1, 2, 3, 5];

/**
 * @param {{ min?: number, max?: number } | undefined} range of the track's zoom, in its own unit
 * @returns {number[]} settings to go through, as seen from the widest; fewer than two: no zoom
 */
export function zoomSteps(range) {
  const { min = 0, max = 0 } = range ?? {};
  if (!(min > 0) || !(max > min)) return [];
  return FACTORS.map((factor) => factor * min).filter((zoom) => zoom <= max);
}

/** @param {MediaStreamTrack} track @returns {number[]} */
export function zoomsOf(track) {
  const { zoom } = /** @type {{ zoom?: { min: number, max: number } }} */ (track.getCapabilities?.() ?? {});
  return zoomSteps(zoom);
}

/** @param {MediaStreamTrack} track @param {number} zoom one of `zoomsOf` @returns {Promise<void>} */
export async function setZoom(track, zoom) {
  await track.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ ({ zoom })] });
}
