/** A form that takes its time says so, and is sent once. */

/** @param {Document} page */
export function keepBusy(page) {
  page.addEventListener('submit', (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.busy && !event.defaultPrevented) show(form, form.dataset.busy);
  });
  // Back from the next page, some browsers show this one as it was left: busy.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) for (const form of page.querySelectorAll('form[aria-busy]')) release(form);
  });
}

/** @param {HTMLFormElement} form @param {string} words */
function show(form, words) {
  form.setAttribute('aria-busy', 'true');
  const note = form.querySelector('[data-busy-note]');
  if (note) note.textContent = words;
  for (const button of buttons(form)) button.disabled = true;
}

/** @param {Element} form */
function release(form) {
  form.removeAttribute('aria-busy');
  const note = form.querySelector('[data-busy-note]');
  if (note) note.textContent = '';
  for (const button of buttons(form)) button.disabled = false;
}

/** @param {Element} form @returns {NodeListOf<HTMLButtonElement>} */
const buttons = (form) => form.querySelectorAll('button[type="submit"]');
