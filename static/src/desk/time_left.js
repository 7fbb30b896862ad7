/** Keeps "in 1 d 4 h" true while a page stays open, reckoned by the server's clock, never by this computer's. */

const EVERY_MS = 20_000;

/**
 * @typedef {object} LeftWords sentences with {d}, {h}, {m}
 * @property {string} days
 * @property {string} hours
 * @property {string} minutes
 * @property {string} none
 */

/**
 * @param {number} ms until the instant
 * @param {LeftWords} words
 * @returns {string}
 */
export function timeLeft(ms, words) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 0) return words.none;
  if (minutes >= 1440) return fill(words.days, { d: Math.floor(minutes / 1440), h: Math.floor(minutes / 60) % 24 });
  if (minutes >= 60) return fill(words.hours, { h: Math.floor(minutes / 60), m: minutes % 60 });
  return fill(words.minutes, { m: minutes });
}

/** @param {string} sentence @param {Record<string, number>} values */
const fill = (sentence, values) => sentence.replace(/\{(\w)\}/g, (whole, name) => String(values[name] ?? whole));

/** @param {HTMLElement} body carries the server's time and the words */
export function keepTimesTrue(body) {
  const shown = Number(body.dataset.now);
  if (!shown) return;
  const opened = performance.now();
  const words = {
    days: body.dataset.leftDays ?? '',
    hours: body.dataset.leftHours ?? '',
    minutes: body.dataset.leftMinutes ?? '',
    none: body.dataset.leftNone ?? '',
  };
  const refresh = () => {
    const now = shown + performance.now() - opened;
    for (const element of body.querySelectorAll('[data-left]')) {
      if (element instanceof HTMLElement) element.textContent = timeLeft(Number(element.dataset.left) - now, words);
    }
  };
  setInterval(refresh, EVERY_MS);
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
}
