/** Pages behind a link: play at the count's result, copy what a form asks for. They can be read without this. */

import { offerCopies } from './copy.js';

for (const button of document.querySelectorAll('[data-play]')) {
  if (button instanceof HTMLElement) button.addEventListener('click', () => void play(button));
}
offerCopies(document);

/** @param {HTMLElement} button */
async function play(button) {
  const film = document.getElementById(button.dataset.play ?? '');
  if (!(film instanceof HTMLVideoElement)) return;
  film.scrollIntoView({ block: 'center' });
  // WeChat on iOS loads nothing before play() was called by a touch, and seeks only in what it knows the length of.
  const started = film.play().catch(() => undefined);
  const seek = () => (film.currentTime = Math.min(Number(button.dataset.at) / 1000, Math.max(0, film.duration - 0.1)));
  if (film.readyState >= HTMLMediaElement.HAVE_METADATA) seek();
  else film.addEventListener('loadedmetadata', seek, { once: true });
  await started;
}
