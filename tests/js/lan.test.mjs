import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strangeHost } from '../../static/src/core/label_host.js';
import { shouldLeave, verdictOf } from '../../static/src/screens/phone_check.js';

const OWN = ['dock.lan:8000'];

test('the address in a label says whose it is', () => {
  assert.deepEqual(strangeHost('HTTPS://OTHER.EXAMPLE/L/7K3M9Q2XZ4', OWN), { host: 'other.example', secure: true });
  assert.deepEqual(strangeHost('https://other.example:8443/l/7k3m9q2xz4', OWN), { host: 'other.example:8443', secure: true });
  assert.deepEqual(strangeHost('http://192.168.1.9/L/7K3M9Q2XZ4', OWN), { host: '192.168.1.9', secure: false });
  assert.equal(strangeHost('HTTPS://DOCK.LAN:8000/L/7K3M9Q2XZ4', OWN), null);
  assert.equal(strangeHost('7K3M9Q2XZ4', OWN), null);
  assert.equal(strangeHost('YT7598163190233', OWN), null);
});

test('an address that hides where it leads is not offered', () => {
  for (const text of [
    'https://dock.lan:8000@evil.example/L/7K3M9Q2XZ4',
    'https://dоck.lan/L/7K3M9Q2XZ4',
    'javascript:alert(1)//x/L/7K3M9Q2XZ4',
    'https://evil.example/other?x=/L/7K3M9Q2XZ4',
    'https:// evil.example/L/7K3M9Q2XZ4',
  ]) assert.equal(strangeHost(text, OWN), null, text);
});

const ALL = {
  secure: true, signing: true, camera: true, microphone: true, recorder: true, storage: true,
  files: true, keeps: true, offline: true, wasm: true, files_input: true,
};

test('what a phone can do is said by what is missing, never by its name', () => {
  assert.equal(verdictOf(ALL), 'full');
  assert.equal(verdictOf({ ...ALL, microphone: false, files: false, keeps: false }), 'full');
  assert.equal(verdictOf({ ...ALL, offline: false }), 'online');
  for (const lost of ['secure', 'signing', 'camera', 'recorder', 'storage', 'wasm']) {
    assert.equal(verdictOf({ ...ALL, [lost]: false }), 'photos', lost);
  }
  assert.equal(verdictOf({ ...ALL, camera: false, files_input: false }), 'nothing');
});

test('another browser is named only where it may help', () => {
  assert.equal(shouldLeave(ALL), false);
  assert.equal(shouldLeave({ ...ALL, camera: false }), true);
  assert.equal(shouldLeave({ ...ALL, offline: false }), true);
  assert.equal(shouldLeave({ ...ALL, secure: false, camera: false, offline: false }), false);
});
