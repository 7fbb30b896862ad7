/** Beeps and vibration: the receiver looks at the goods, not at the screen. High means done, low means no. */

/** @type {AudioContext | null} */
let context = null;

/** Browsers allow sound only after a touch: call this from a tap before the first beep is needed. */
export function unlockSound() {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
}

/** @param {number} hz @param {number} seconds @param {OscillatorType} wave */
function beep(hz, seconds, wave) {
  if (!context || context.state !== 'running') return;
  const now = context.currentTime;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = wave;
  tone.frequency.value = hz;
  volume.gain.setValueAtTime(0.25, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + seconds);
  tone.connect(volume).connect(context.destination);
  tone.start(now);
  tone.stop(now + seconds);
}

/** @param {number | number[]} pattern milliseconds */
function vibrate(pattern) {
  navigator.vibrate?.(pattern);
}

/** One unit counted, or a code understood. */
export function signalDone() {
  beep(1320, 0.09, 'sine');
  vibrate(35);
}

/** A tally taken back. */
export function signalUndone() {
  beep(660, 0.14, 'sine');
  vibrate([30, 50, 30]);
}

/** Refused or unknown: nothing was saved. */
export function signalRefused() {
  beep(196, 0.35, 'square');
  vibrate([120, 60, 120]);
}
