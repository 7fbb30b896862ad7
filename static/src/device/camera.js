/**
 * The camera and the microphone, opened together so that a person is asked once.
 * A camera without a microphone still opens: the caller is told why there is no sound and asks the person.
 */

/** @typedef {'insecure' | 'refused' | 'none' | 'in_use' | 'failed'} ProblemReason */

/** The camera could not be opened. */
export class CameraProblem extends Error {
  /** @param {ProblemReason} reason @param {unknown} [cause] */
  constructor(reason, cause) {
    super(`camera ${reason}`, { cause });
    this.name = 'CameraProblem';
    /** @type {ProblemReason} */
    this.reason = reason;
  }
}

/**
 * @typedef {object} OpenCamera
 * @property {MediaStream} stream
 * @property {MediaStreamTrack} videoTrack
 * @property {MediaStreamTrack | null} audioTrack
 * @property {ProblemReason | null} soundProblem why there is no sound although it was asked for
 * @property {() => void} close stops every track
 */

const REASONS = /** @type {Record<string, ProblemReason>} */ ({
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'in_use',
  AbortError: 'in_use',
  TrackStartError: 'in_use',
});

/**
 * The reason behind a getUserMedia rejection, by the standard's error names.
 * @param {unknown} error
 * @returns {ProblemReason}
 */
export function reasonOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return REASONS[name] ?? 'failed';
}

/** For films: what an old phone can record and scan at once. */
const FILM = { width: 1280, height: 720 };
/** For photos: small print on a waybill. */
export const STILL = { width: 1920, height: 1080 };
const AUDIO = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };

/**
 * An exact facing mode or size locks out tablets and fake cameras; an ideal camera is passed over by some browsers.
 * @param {{ width: number, height: number }} size
 * @param {string | null} camera
 * @returns {MediaTrackConstraints}
 */
function wanted({ width, height }, camera) {
  const which = camera ? { deviceId: { exact: camera } } : { facingMode: { ideal: 'environment' } };
  return { ...which, width: { ideal: width }, height: { ideal: height } };
}

/**
 * Opens the camera, with the microphone when asked.
 * @param {{ audio: boolean, size?: { width: number, height: number }, camera?: string | null }} options camera: a device
 *   id; without it the one that looks away from the person
 * @returns {Promise<OpenCamera>}
 * @throws {CameraProblem}
 */
export async function openCamera({ audio, size = FILM, camera = null }) {
  const video = wanted(size, camera);
  const media = navigator.mediaDevices;
  if (!window.isSecureContext || !media?.getUserMedia) throw new CameraProblem('insecure');
  /** @type {ProblemReason | null} */
  let soundProblem = null;
  if (audio) {
    try {
      return opened(await media.getUserMedia({ video, audio: AUDIO }), null);
    } catch (error) {
      soundProblem = reasonOf(error);
    }
  }
  try {
    return opened(await media.getUserMedia({ video }), soundProblem);
  } catch (error) {
    // A camera chosen earlier may be unplugged since.
    if (camera && reasonOf(error) === 'none') return openCamera({ audio, size });
    throw new CameraProblem(reasonOf(error), error);
  }
}

/** @param {MediaStream} stream @param {ProblemReason | null} soundProblem @returns {OpenCamera} */
function opened(stream, soundProblem) {
  const close = () => stream.getTracks().forEach((track) => track.stop());
  const videoTrack = stream.getVideoTracks()[0];
  if (!videoTrack) {
    close();
    throw new CameraProblem('none');
  }
  return { stream, videoTrack, audioTrack: stream.getAudioTracks()[0] ?? null, soundProblem, close };
}

/**
 * Shows a stream in a video element and waits for its first picture.
 * The size is what the camera gives, not what was asked for.
 * @param {HTMLVideoElement} video
 * @param {MediaStream} stream
 * @returns {Promise<{ width: number, height: number }>} pixels
 */
export async function showStream(video, stream) {
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream(stream.getVideoTracks());
  if (video.readyState < HTMLMediaElement.HAVE_METADATA) {
    await new Promise((resolve, reject) => {
      video.addEventListener('loadedmetadata', resolve, { once: true });
      video.addEventListener('error', () => reject(new CameraProblem('failed', video.error)), { once: true });
    });
  }
  await video.play();
  return { width: video.videoWidth, height: video.videoHeight };
}

/**
 * Whether this camera has a lamp that can be switched.
 * @param {MediaStreamTrack} track
 * @returns {boolean}
 */
export function hasTorch(track) {
  const abilities = /** @type {{ torch?: boolean }} */ (track.getCapabilities?.() ?? {});
  return abilities.torch === true;
}

/**
 * @param {MediaStreamTrack} track
 * @param {boolean} on
 * @returns {Promise<void>}
 */
export async function setTorch(track, on) {
  const lamp = /** @type {MediaTrackConstraintSet} */ ({ torch: on });
  await track.applyConstraints({ advanced: [lamp] });
}
