/** Shows what the server pushed, and opens the page of deadlines when it is tapped. A worker of its own: it caches nothing. */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener('push', (event) => {
  const said = event.data?.json() ?? {};
  event.waitUntil(worker.registration.showNotification(String(said.title ?? 'Dockproof'), { body: String(said.body ?? ''), tag: 'burning', icon: '/icons/icon-192.png' }));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow('/burning'));
});
