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

/** `ideal` only: an exact facing mode or size locks out tablets and fake cameras. */
const VIDEO = { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } };
const AUDIO = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };

/**
 * Opens the camera, with the microphone when asked.
 * @param {{ audio: boolean }} options
 * @returns {Promise<OpenCamera>}
 * @throws {CameraProblem}
 */
export async function openCamera({ audio }) {
  const media = navigator.mediaDevices;
  if (!window.isSecureContext || !media?.getUserMedia) throw new CameraProblem('insecure');
  /** @type {ProblemReason | null} */
  let soundProblem = null;
  if (audio) {
    try {
      return opened(await media.getUserMedia({ video: VIDEO, audio: AUDIO }), null);
    } catch (error) {
      soundProblem = reasonOf(error);
    }
  }
  try {
    return opened(await media.getUserMedia({ video: VIDEO }), soundProblem);
  } catch (error) {
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
