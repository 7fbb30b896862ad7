/** Messages to others: a live count of characters as 1688 counts them, copying what was edited, the phone's share sheet. */

const SHOWN_MS = 2000;

/** @param {Document} page */
export function helpLetters(page) {
  for (const text of page.querySelectorAll('textarea[data-counted]')) {
    if (text instanceof HTMLTextAreaElement) count(page, text);
  }
  for (const button of page.querySelectorAll('button[data-copy-from]')) {
    if (button instanceof HTMLButtonElement) copyFrom(page, button);
  }
  for (const button of page.querySelectorAll('button[data-share]')) {
    if (button instanceof HTMLButtonElement) share(button);
  }
}

/** @param {Document} page @param {HTMLTextAreaElement} text */
function count(page, text) {
  const shown = page.querySelector(`[data-count-of="${text.id}"]`);
  const most = Number(text.dataset.counted);
  if (!shown) return;
  const tell = () => {
    // UTF-16 units, as in domain/messages.platform_length.
    const length = text.value.normalize('NFC').length;
    shown.textContent = `${length} / ${most}`;
    shown.className = length > most ? 'late-note' : 'hint';
  };
  text.addEventListener('input', tell);
  tell();
}

/** @param {Document} page @param {HTMLButtonElement} button */
function copyFrom(page, button) {
  const text = page.getElementById(button.dataset.copyFrom ?? '');
  if (!navigator.clipboard || !(text instanceof HTMLTextAreaElement)) return;
  button.hidden = false;
  button.addEventListener('click', () => void copy(button, text.value));
}

/** @param {HTMLButtonElement} button @param {string} text */
async function copy(button, text) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // not permitted: nothing was copied, so nothing is said
  }
  button.textContent = button.dataset.done ?? words;
  setTimeout(() => (button.textContent = words), SHOWN_MS);
}

/** @param {HTMLButtonElement} button */
function share(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    // Closing the share sheet is a refusal too; nothing is to be said about it.
    void navigator.share({ text: button.dataset.share ?? '' }).catch(() => undefined);
  });
}
