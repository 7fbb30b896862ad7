/** "Tell this browser": asks for the permission only when its button is pressed, and hands the subscription to the form. */

/** @param {Document} page */
export function offerPush(page) {
  const form = page.querySelector('form[data-push-key]');
  if (!(form instanceof HTMLFormElement) || !('serviceWorker' in navigator) || !('PushManager' in window)) return;
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void subscribe(form);
  });
}

/** @param {HTMLFormElement} form */
async function subscribe(form) {
  const trouble = form.querySelector('[data-push-trouble]');
  try {
    const registration = await navigator.serviceWorker.register('/burning/push.js', { scope: '/burning/' });
    await active(registration);
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: form.dataset.pushKey ?? '',
    });
    const address = form.elements.namedItem('address');
    if (address instanceof HTMLInputElement) address.value = JSON.stringify(subscription.toJSON());
    form.submit();
  } catch {
    // Refused by the person, or the browser's push service cannot be reached, as in China: the page says which ways are left.
    if (trouble instanceof HTMLElement) trouble.hidden = false;
  }
}

/** @param {ServiceWorkerRegistration} registration @returns {Promise<void>} */
function active(registration) {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  if (!worker || worker.state === 'activated') return Promise.resolve();
  return new Promise((done) => worker.addEventListener('statechange', () => worker.state === 'activated' && done()));
}
