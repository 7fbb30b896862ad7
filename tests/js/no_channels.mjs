/** A BroadcastChannel keeps node running for ever; one page needs none. Imported before anything that opens one. */
Reflect.deleteProperty(globalThis, 'BroadcastChannel');
