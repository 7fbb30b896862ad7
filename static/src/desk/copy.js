/** Copy buttons beside long hashes; they appear only where copying works. */

const SHOWN_MS = 2000;

/** @param {Document} page */
export function offerCopies(page) {
  if (!navigator.clipboard) return; // plain HTTP: the hash can still be marked and copied by hand
  for (const button of page.querySelectorAll('button[data-copy]')) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener('click', () => void copy(button));
  }
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? '');
  } catch {
    return; // not permitted: nothing was copied, so nothing is said
  }
  button.textContent = button.dataset.done ?? words;
  setTimeout(() => (button.textContent = words), SHOWN_MS);
}
