/** Beeps and vibration: the receiver looks at the goods, not at the screen. High means done, low means no. */

/** @type {AudioContext | null} */
let context = null;

/** Browsers allow sound only after a touch: call this from a tap before the first beep is needed. */
export function unlockSound() {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
}

/** @param {number} hz @param {number} seconds @param {OscillatorType} wave @param {number} [after] seconds from now */
function beep(hz, seconds, wave, after = 0) {
  if (!context || context.state !== 'running') return;
  const begin = context.currentTime + after;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = wave;
  tone.frequency.value = hz;
  volume.gain.setValueAtTime(0.25, begin);
  volume.gain.exponentialRampToValueAtTime(0.001, begin + seconds);
  tone.connect(volume).connect(context.destination);
  tone.start(begin);
  tone.stop(begin + seconds);
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

/** Several units counted with one tap: not to be mistaken for one. */
export function signalSeveral() {
  beep(1320, 0.07, 'sine');
  beep(1760, 0.09, 'sine', 0.08);
  vibrate([35, 40, 35]);
}

/** A tally taken back. */
export function signalUndone() {
  beep(660, 0.14, 'sine');
  vibrate([30, 50, 30]);
}

/** Scanned before: known, and nothing new was saved. */
export function signalAgain() {
  beep(520, 0.1, 'triangle');
  beep(520, 0.1, 'triangle', 0.16);
  vibrate([60, 60, 60]);
}

/** Refused or unknown: nothing was saved. */
export function signalRefused() {
  beep(196, 0.35, 'square');
  vibrate([120, 60, 120]);
}

/** A drawn unit: put it aside. Three rising tones that no other signal has. */
export function signalPutAside() {
  [880, 1175, 1568].forEach((hz, i) => beep(hz, 0.22, 'triangle', 0.12 + i * 0.16));
  vibrate([70, 40, 70, 40, 220]);
}

/** A still was kept: two short clicks, as a shutter has. */
export function signalShutter() {
  beep(2600, 0.025, 'square');
  beep(1900, 0.03, 'square', 0.06);
  vibrate(20);
}
