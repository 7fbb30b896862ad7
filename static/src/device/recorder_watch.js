/** Everything that can go wrong during a take, noticed and written down with its time. */

/**
 * @typedef {'hidden' | 'stalled' | 'camera_ended' | 'camera_muted' | 'sound_ended' | 'sound_muted'
 *   | 'storage_full' | 'storage' | 'record' | 'recorder'} TakeProblem
 */

/** A hidden or locked phone can end a recording without any event: then only the missing slices tell. */
const STALLED_MS = 3000;
const CHECK_MS = 500;

/**
 * @param {object} options
 * @param {MediaStreamTrack} options.videoTrack
 * @param {MediaStreamTrack | null} options.audioTrack
 * @param {import('./take_events.js').TakeEvents} options.events
 * @param {() => number} options.lastSliceAt `performance.now()` of the last slice
 * @param {(blank: boolean) => void} options.setBlank
 * @param {(problem: TakeProblem) => void} options.onProblem
 * @returns {{ stop: () => void }}
 */
export function watchTake({ videoTrack, audioTrack, events, lastSliceAt, setBlank, onProblem }) {
  const stopped = new AbortController();
  const { signal } = stopped;

  /** @param {MediaStreamTrack} media @param {'audio' | 'video'} track */
  const watchTrack = (media, track) => {
    media.addEventListener('mute', () => {
      events.add({ type: 'mute', track });
      if (track === 'video') setBlank(true);
      onProblem(track === 'video' ? 'camera_muted' : 'sound_muted');
    }, { signal });
    media.addEventListener('unmute', () => {
      events.add({ type: 'unmute', track });
      if (track === 'video') setBlank(false);
    }, { signal });
    media.addEventListener('ended', () => {
      events.add({ type: 'ended', track });
      onProblem(track === 'video' ? 'camera_ended' : 'sound_ended');
    }, { signal });
  };
  watchTrack(videoTrack, 'video');
  if (audioTrack) watchTrack(audioTrack, 'audio');

  document.addEventListener('visibilitychange', () => {
    const hidden = document.visibilityState === 'hidden';
    events.add({ type: hidden ? 'hidden' : 'visible' });
    if (hidden) onProblem('hidden');
  }, { signal });

  let stalled = false;
  const timer = setInterval(() => {
    const quiet = Math.round(performance.now() - lastSliceAt());
    if (quiet < STALLED_MS) {
      stalled = false;
    } else if (!stalled) {
      stalled = true;
      events.add({ type: 'stalled', for: quiet });
      onProblem('stalled');
    }
  }, CHECK_MS);

  return {
    stop() {
      stopped.abort();
      clearInterval(timer);
    },
  };
}
