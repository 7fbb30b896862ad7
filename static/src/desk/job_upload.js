/** The page behind a job link: what the system camera made is sent at once, with progress, and again when it fails. */

/** @param {Document} page */
export function sendJobs(page) {
  const form = page.querySelector('form[data-job]');
  if (!(form instanceof HTMLFormElement)) return;
  const list = form.querySelector('.job-sent');
  form.classList.add('with-script');
  form.querySelector('[data-job-submit]')?.setAttribute('hidden', '');
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const input of form.querySelectorAll('input[type="file"]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    input.addEventListener('change', () => {
      for (const file of input.files ?? []) list?.append(row(form, file));
      // The same picture may be chosen again after a failure.
      input.value = '';
    });
  }
  // Leaving would cut what is under way.
  window.addEventListener('beforeunload', (event) => {
    if (form.querySelector('[data-under-way]')) event.preventDefault();
  });
}

/** @param {HTMLFormElement} form @param {File} file @returns {HTMLLIElement} */
function row(form, file) {
  const item = document.createElement('li');
  const words = document.createElement('span');
  const bar = document.createElement('progress');
  const again = document.createElement('button');
  bar.max = 1;
  bar.setAttribute('aria-label', form.dataset.sending ?? '');
  again.type = 'button';
  again.className = 'button small';
  again.textContent = form.dataset.again ?? '';
  again.addEventListener('click', () => send());
  item.append(words, bar, again);

  function send() {
    item.dataset.underWay = '';
    again.hidden = true;
    bar.hidden = false;
    words.textContent = form.dataset.sending ?? '';
    const body = new FormData();
    body.append('note', noteOf(form));
    body.append('file', file, file.name || 'capture');
    void post(form.action, body, (part) => (bar.value = part)).then(({ kept, problem, final }) => {
      delete item.dataset.underWay;
      item.dataset.state = kept ? 'sent' : 'failed';
      words.textContent = kept ? (form.dataset.sent ?? '') : problem || (form.dataset.failed ?? '');
      bar.hidden = true;
      again.hidden = final;
    });
  }
  send();
  return item;
}

/** @param {HTMLFormElement} form */
function noteOf(form) {
  const note = form.elements.namedItem('note');
  return note instanceof HTMLInputElement ? note.value : '';
}

/**
 * By XMLHttpRequest: fetch tells nothing of an upload's progress.
 * @param {string} address
 * @param {FormData} body
 * @param {(part: number) => void} onProgress from 0 to 1
 * @returns {Promise<{ kept: boolean, problem: string, final: boolean }>} `problem`: the server's words, empty without an
 *   answer; `final`: sending the same again cannot help
 */
function post(address, body, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
    request.addEventListener('loadend', () => {
      const { status } = request;
      const kept = status === 201;
      resolve({ kept, problem: kept ? '' : problemOf(request.responseText), final: kept || (status >= 400 && status < 429) });
    });
    request.send(body);
  });
}

/** @param {string} text @returns {string} */
function problemOf(text) {
  try {
    return String(JSON.parse(text).error.message);
  } catch {
    return '';
  }
}
