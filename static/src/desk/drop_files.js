/** Files come by dragging, by pasting a screenshot, or from the phone's share sheet into the form's own file field. */

import { forgetShares, waitingShares } from '../device/shared_files.js';

/** Of the shared files that the form in this tab has sent; the page after it says whether they were filed. */
const SENT = 'shared-files-sent';

/** @param {Document} page */
export function takeDrops(page) {
  void forgetFiled();
  for (const form of page.querySelectorAll('form[data-drop]')) {
    if (form instanceof HTMLFormElement) listen(page, form);
  }
  for (const button of page.querySelectorAll('button[data-pick]')) {
    if (button instanceof HTMLButtonElement) pick(page, button);
  }
}

/** @param {Document} page @param {HTMLFormElement} form */
function listen(page, form) {
  const field = form.querySelector('input[type="file"]');
  if (!(field instanceof HTMLInputElement)) return;
  field.addEventListener('change', () => tell(form, field));
  form.addEventListener('dragover', (event) => {
    event.preventDefault();
    form.classList.add('over');
  });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    form.classList.remove('over');
    add(form, field, event.dataTransfer?.files);
  });
  page.addEventListener('paste', (event) => add(form, field, event.clipboardData?.files));
  if ('sharedFiles' in form.dataset) void fromShareSheet(form, field);
}

/**
 * Beside what was chosen before, so that several drops make one filing.
 * @param {HTMLFormElement} form @param {HTMLInputElement} field @param {Iterable<File> | null | undefined} files
 */
function add(form, field, files) {
  const more = [...(files ?? [])];
  if (more.length === 0) return;
  const all = new DataTransfer();
  for (const file of [...(field.files ?? []), ...more]) all.items.add(file);
  field.files = all.files;
  tell(form, field);
}

/** @param {HTMLFormElement} form @param {HTMLInputElement} field */
function tell(form, field) {
  const note = form.querySelector('[data-chosen]');
  if (!(note instanceof HTMLElement)) return;
  const names = [...(field.files ?? [])].map((file) => file.name);
  note.hidden = names.length === 0;
  note.textContent = (note.dataset.words ?? '').replace('{n}', String(names.length)).replace('{names}', names.join(', '));
}

/** The server says how many it filed only when it did. */
async function forgetFiled() {
  const sent = sessionStorage.getItem(SENT);
  if (sent === null || !new URLSearchParams(location.search).has('filed')) return;
  sessionStorage.removeItem(SENT);
  await forgetShares(JSON.parse(sent));
}

/** @param {HTMLFormElement} form @param {HTMLInputElement} field */
async function fromShareSheet(form, field) {
  const { keys, files } = await waitingShares();
  if (files.length === 0) return;
  add(form, field, files);
  form.addEventListener('submit', () => sessionStorage.setItem(SENT, JSON.stringify(keys)));
  const note = form.querySelector('[data-shared-note]');
  const none = form.querySelector('[data-shared-none]');
  if (note instanceof HTMLElement) {
    note.hidden = false;
    note.textContent = (note.dataset.words ?? '').replace('{n}', String(files.length));
  }
  if (none instanceof HTMLElement) none.hidden = true;
}

/** @param {Document} page @param {HTMLButtonElement} button */
function pick(page, button) {
  const field = page.getElementById(button.dataset.into ?? '');
  if (!(field instanceof HTMLInputElement)) return;
  button.addEventListener('click', () => {
    field.value = button.dataset.pick ?? '';
    field.focus();
  });
}
