/** Questions that stop everything else: a modal dialog at the bottom of the screen, where the thumb is. */

import { html, nothing, render } from 'lit';

/**
 * @typedef {object} Choice
 * @property {string} value
 * @property {string} label
 * @property {'main' | 'plain' | 'danger'} [look]
 */

let count = 0;

/**
 * Asks and waits. Escape and the back gesture answer null.
 * @param {object} question
 * @param {string} question.title
 * @param {import('lit').TemplateResult | string} [question.body]
 * @param {Choice[]} question.choices first is nearest to the text; the safe one gets the focus
 * @param {string} [question.focus] value of the choice that gets the focus
 * @param {string} [question.cancel] words of a last choice that answers null, where nothing among the others means "none"
 * @returns {Promise<string | null>} the chosen value
 */
export function ask({ title, body = '', choices, focus, cancel }) {
  const dialog = document.createElement('dialog');
  const id = `ask-${(count += 1)}`;
  dialog.className = 'sheet';
  dialog.setAttribute('aria-labelledby', id);
  const pick = (/** @type {string} */ value) => dialog.close(value);
  render(
    html`<h2 id=${id}>${title}</h2>
      <div class="sheet-body">${body}</div>
      <div class="sheet-choices">
        ${choices.map(
          (choice) => html`<button type="button" class="big ${choice.look ?? 'plain'}" data-value=${choice.value}
            ?autofocus=${choice.value === focus} @click=${() => pick(choice.value)}>${choice.label}</button>`,
        )}
        ${cancel === undefined ? nothing : html`<button type="button" class="big plain" data-cancel @click=${() => dialog.close()}>${cancel}</button>`}
      </div>`,
    dialog,
  );
  document.body.append(dialog);
  const before = document.activeElement;
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(dialog.returnValue || null);
    });
    dialog.showModal();
  });
}

/**
 * Yes or no.
 * @param {{ title: string, body?: import('lit').TemplateResult | string, yes: string, no: string, danger?: boolean }} question
 * @returns {Promise<boolean>}
 */
export async function confirmAsk({ title, body, yes, no, danger = false }) {
  const answer = await ask({
    title,
    ...(body === undefined ? {} : { body }),
    choices: [
      { value: 'yes', label: yes, look: danger ? 'danger' : 'main' },
      { value: 'no', label: no },
    ],
    focus: danger ? 'no' : 'yes',
  });
  return answer === 'yes';
}
