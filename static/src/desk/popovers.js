/** Dialogs open by `popovertarget` without a script; browsers that do not know it yet get a modal dialog. */

/** @param {Document} page */
export function openWithoutPopover(page) {
  if ('popover' in HTMLElement.prototype) return;
  for (const button of page.querySelectorAll('[popovertarget]')) {
    const dialog = page.getElementById(button.getAttribute('popovertarget') ?? '');
    if (!(dialog instanceof HTMLDialogElement)) continue;
    const closes = button.getAttribute('popovertargetaction') === 'hide';
    button.addEventListener('click', () => (closes ? dialog.close() : dialog.showModal()));
  }
}
