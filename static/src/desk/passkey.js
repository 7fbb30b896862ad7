/** Passkeys in the desk's pages: a form with `data-passkey` asks the browser, and sends what it answers. */

import { base64url, fromBase64 } from '../core/base64.js';

/** @typedef {'sign-in' | 'add'} Purpose */

/** @param {Document} page */
export function offerPasskeys(page) {
  if (!window.PublicKeyCredential || !navigator.credentials) return; // plain HTTP, or a browser without passkeys
  for (const note of page.querySelectorAll('[data-passkey-missing]')) note.setAttribute('hidden', '');
  for (const form of page.querySelectorAll('form[data-passkey]')) {
    if (!(form instanceof HTMLFormElement)) continue;
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void run(form);
    });
  }
}

/** @param {HTMLFormElement} form */
async function run(form) {
  const button = form.querySelector('button[type="submit"]');
  const problem = document.querySelector('[data-passkey-problem]');
  if (!(button instanceof HTMLButtonElement) || !(problem instanceof HTMLElement)) return;
  button.disabled = true;
  problem.hidden = true;
  try {
    const answer = await ask(form);
    const { next } = await send(form, String(form.dataset.answer) + query(form), JSON.stringify(answer));
    const target = new URL(next, location.href);
    location.assign(target);
    // An address that differs by its `#` alone loads nothing.
    if (target.pathname + target.search === location.pathname + location.search) location.reload();
  } catch (error) {
    // A person who closes the browser's question needs no lecture: what the browser says is English and technical.
    problem.textContent = error instanceof Refused ? error.message : String(form.dataset.failed);
    problem.hidden = false;
    button.disabled = false;
  }
}

/** The server's refusal, as a sentence for people. */
class Refused extends Error {}

/** @param {HTMLFormElement} form @returns {string} what the person typed, for the answer's address */
function query(form) {
  const name = form.querySelector('input[name="name"]');
  const separator = String(form.dataset.answer).includes('?') ? '&' : '?';
  return name instanceof HTMLInputElement && name.value ? `${separator}name=${encodeURIComponent(name.value)}` : '';
}

/** @param {HTMLFormElement} form @returns {Promise<object>} */
async function ask(form) {
  const options = await send(form, String(form.dataset.options), '');
  if (form.dataset.passkey === 'add') {
    const made = await navigator.credentials.create({ publicKey: creation(options) });
    return registration(/** @type {PublicKeyCredential} */ (made));
  }
  const found = await navigator.credentials.get({ publicKey: { ...options, challenge: fromBase64(options.challenge) } });
  return assertion(/** @type {PublicKeyCredential} */ (found));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} address
 * @param {string} body
 * @returns {Promise<any>}
 */
async function send(form, address, body) {
  const token = form.querySelector('input[name="csrf_token"]');
  const response = await fetch(address, {
    method: 'POST',
    body,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-csrftoken': token instanceof HTMLInputElement ? token.value : '',
    },
  });
  const answer = await response.json();
  if (!response.ok) throw new Refused(String(answer.problem ?? form.dataset.failed));
  return answer;
}

/** @param {any} options @returns {PublicKeyCredentialCreationOptions} */
function creation(options) {
  return {
    ...options,
    challenge: fromBase64(options.challenge),
    user: { ...options.user, id: fromBase64(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((/** @type {any} */ one) => ({ ...one, id: fromBase64(one.id) })),
  };
}

/** @param {PublicKeyCredential} made */
function registration(made) {
  const response = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return {
    ...named(made),
    response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) },
  };
}

/** @param {PublicKeyCredential} found */
function assertion(found) {
  const response = /** @type {AuthenticatorAssertionResponse} */ (found.response);
  return {
    ...named(found),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

/** @param {PublicKeyCredential} key */
const named = (key) => ({ id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {} });

/** @param {ArrayBuffer} bytes */
const text = (bytes) => base64url(new Uint8Array(bytes));
