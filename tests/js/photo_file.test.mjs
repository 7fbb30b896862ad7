import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherCamera, zoomSteps, zoomsOf } from '../../static/src/device/camera_choice.js';
import { fitted, fromFile, LARGEST_PHOTO, sniffPicture } from '../../static/src/device/photo.js';

/** @param {string} head latin-1 @param {number} [size] @param {string} [type] what the sender calls it */
const file = (head, size = 64, type = '') => new Blob([Buffer.from(head, 'latin1'), Buffer.alloc(Math.max(0, size - head.length))], { type });

const JPEG = '\xff\xd8\xff\xe0\0\x10JFIF';
const box = (/** @type {string} */ brand) => `\0\0\0\x18ftyp${brand}\0\0\0\0`;

test('a picture is kept byte for byte, whatever it is called', async () => {
  for (const [head, mime] of [[JPEG, 'image/jpeg'], ['\x89PNG\r\n\x1a\n', 'image/png'], ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp']]) {
    const given = file(head, 64, 'video/mp4');
    const read = await fromFile(given);
    assert.ok('data' in read);
    assert.deepEqual([read.mime, read.warning], [mime, null]);
    assert.deepEqual(Buffer.from(read.data), Buffer.from(await given.arrayBuffer()));
  }
});

test('a HEIC is kept, with a warning', async () => {
  for (const brand of ['heic', 'heix', 'mif1', 'msf1', 'hevc']) {
    const read = await fromFile(file(box(brand)));
    assert.deepEqual('data' in read && [read.mime, read.warning], ['image/heic', 'heic'], brand);
  }
});

test('what is no photo is told apart', async () => {
  const video = [box('isom'), box('qt  '), box('3gp4'), '\x1a\x45\xdf\xa3', 'RIFF\0\0\0\0AVI LIST', '\0\0\0\x08moov'];
  for (const head of video) assert.deepEqual(await fromFile(file(head)), { problem: 'video' }, head);
  assert.deepEqual(await fromFile(file('\0\0\x01\xba', 64, 'video/mpeg')), { problem: 'video' });
  for (const head of ['%PDF-1.7', 'GIF89a', box('avif'), 'x', '<svg xmlns']) {
    assert.deepEqual(await fromFile(file(head, 64, 'image/jpeg')), { problem: 'not_a_picture' }, head);
  }
  assert.deepEqual(await fromFile(file('', 0)), { problem: 'empty' });
});

test('a photo below 15 MB is kept as it is, a larger one refused without being read', async () => {
  assert.ok('data' in (await fromFile(file(JPEG, LARGEST_PHOTO - 1))));
  const large = file(JPEG, LARGEST_PHOTO);
  large.arrayBuffer = () => assert.fail('read as a whole');
  assert.deepEqual(await fromFile(large), { problem: 'too_large' });
});

test('a file that cannot be read to its end says so', async () => {
  const gone = file(JPEG);
  gone.slice = () => { throw new DOMException('gone', 'NotReadableError'); };
  assert.deepEqual(await fromFile(gone), { problem: 'unreadable' });
  const short = file(JPEG);
  short.arrayBuffer = async () => new ArrayBuffer(0);
  assert.deepEqual(await fromFile(short), { problem: 'unreadable' });
  assert.equal(sniffPicture(new Uint8Array(0)), null);
});

test('a frame is made smaller where asked, never larger', () => {
  assert.deepEqual(fitted(1920, 1080, 1280), { width: 1280, height: 720 });
  assert.deepEqual(fitted(1080, 1920, Infinity), { width: 1080, height: 1920 });
  assert.deepEqual(fitted(640, 480, 1280), { width: 640, height: 480 });
  assert.deepEqual(fitted(0, 0, 100), { width: 0, height: 0 });
});

test('zoom goes by whole steps within what the lens can do', () => {
  assert.deepEqual(zoomSteps({ min: 1, max: 8 }), [1, 2, 3, 5]);
  assert.deepEqual(zoomSteps({ min: 100, max: 300 }), [100, 200, 300], 'some count in percent');
  assert.deepEqual(zoomSteps({ min: 1, max: 1.9 }), [1]);
  for (const none of [undefined, {}, { min: 0, max: 5 }, { min: 1, max: 1 }]) assert.deepEqual(zoomSteps(none), []);
  assert.deepEqual(zoomsOf(/** @type {any} */ ({})), [], 'a browser that tells no capabilities');
});

test('the other camera is the next in the ring', () => {
  assert.equal(otherCamera(['a', 'b', 'c'], 'b'), 'c');
  assert.equal(otherCamera(['a', 'b'], 'b'), 'a');
  assert.equal(otherCamera(['a', 'b'], null), 'a');
  assert.equal(otherCamera(['a'], 'a'), null);
  assert.equal(otherCamera([], 'a'), null);
});
