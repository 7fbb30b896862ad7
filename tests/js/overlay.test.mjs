import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandsOutside, drawOverlay, elapsedText, flow, overlaySizes, shownLines } from '../../static/src/device/overlay.js';

/** A pen that notes what is written where; each character is six tenths of the size wide. */
function pen() {
  const texts = [];
  const boxes = [];
  let px = 0;
  return {
    texts,
    boxes,
    set font(value) {
      px = Number(/(\d+(?:\.\d+)?)px/.exec(value)?.[1]);
    },
    measureText: (text) => ({ width: [...text].length * px * 0.6 }),
    fillText: (text, x, y) => texts.push({ text, x, y, px }),
    fillRect: (x, y, width, height) => boxes.push({ x, y, width, height }),
  };
}

const line = (label, count, current = false) => ({ label, count, current });

const MODEL = {
  orderNos: ['3657499272179232333'],
  parcelCode: 'Y4WP4-HF9VY',
  received: 'Received 2026-11-21 14:05 (UTC+8)',
  limits: ['24h 11-22 14:05', '48h 11-23 14:05', '72h 11-24 14:05'],
  totalLabel: 'Count',
  total: 23,
  lines: [line('black M', 12), line('white L', 11, true)],
  elapsed: '01:07',
};

for (const [width, height] of [[1280, 720], [720, 1280], [640, 480], [480, 640]]) {
  test(`at ${width} x ${height} every fact is written inside the picture and the camera keeps its share`, () => {
    const paper = pen();
    const { top, bottom } = drawOverlay(paper, width, height, MODEL);
    const written = paper.texts.map(({ text }) => text);
    const facts = [...MODEL.orderNos, MODEL.parcelCode, MODEL.received, ...MODEL.limits, '23', '12', '11', '01:07'];
    for (const fact of facts) assert.ok(written.includes(fact), `${fact} is missing`);
    for (const { text, x, y, px } of paper.texts) {
      assert.ok(x >= 0 && x + [...text].length * px * 0.6 <= width + 1, `${text} leaves the picture`);
      assert.ok(y < top || y > height - bottom, `${text} stands in the picture`);
    }
    assert.ok(top + bottom < height * 0.4, `${top} + ${bottom} of ${height}`);
  });
}

for (const [width, height] of [[1280, 720], [720, 1280], [640, 480]]) {
  test(`around ${width} x ${height} the bands hide nothing of the picture`, () => {
    const paper = pen();
    const outside = bandsOutside(paper, width, height, MODEL);
    const whole = outside.top + height + outside.bottom;
    assert.equal(whole % 16, 0, 'whole macroblocks');
    assert.ok(outside.top + outside.bottom < height * 0.4);
    drawOverlay(paper, width, whole, MODEL, outside);
    for (const { text, y, px } of paper.texts) {
      const inBand = y + px / 2 <= outside.top || y - px / 2 >= outside.top + height;
      assert.ok(inBand, `${text} stands in the picture`);
    }
    for (const { y, height: high } of paper.boxes) assert.ok(y + high <= outside.top || y >= outside.top + height);
    for (const fact of ['3657499272179232333', '23', '01:07']) assert.ok(paper.texts.some(({ text }) => text === fact));
  });
}

test('the running count is the largest text and the order number can be read at 480 lines', () => {
  const paper = pen();
  drawOverlay(paper, 640, 480, MODEL);
  const size = (wanted) => paper.texts.find(({ text }) => text === wanted)?.px ?? 0;
  assert.equal(Math.max(...paper.texts.map(({ px }) => px)), size('23'));
  assert.ok(size('3657499272179232333') >= 24);
  assert.ok(overlaySizes(640, 480).small >= 15);
});

test('many orders shrink and are numbered, they do not eat the picture', () => {
  const paper = pen();
  const orderNos = ['3657499272179232333', '3657499272179332333', '3657499272179432333'];
  const { top } = drawOverlay(paper, 640, 480, { ...MODEL, orderNos });
  assert.ok(paper.texts.some(({ text }) => text === '+1'));
  assert.ok(top < 480 * 0.3);
});

test('of many lines the one tapped last is always shown', () => {
  const lines = Array.from({ length: 9 }, (_, i) => line(`line ${i}`, i, i === 7));
  const { shown, hidden } = shownLines(lines, 4);
  assert.deepEqual(shown.map(({ label }) => label), ['line 5', 'line 6', 'line 7']);
  assert.equal(hidden, 6);
  assert.deepEqual(shownLines(lines.slice(0, 4), 4), { shown: lines.slice(0, 4), hidden: 0 });
});

test('texts flow into rows and are never split', () => {
  const widthOf = (text) => text.length;
  assert.deepEqual(flow(['aaaa', 'bbb', 'cc'], widthOf, 8, 1), [['aaaa', 'bbb'], ['cc']]);
  assert.deepEqual(flow(['aaaaaaaaaaaa', 'b'], widthOf, 8, 1), [['aaaaaaaaaaaa'], ['b']]);
});

test('time in the take', () => {
  assert.equal(elapsedText(0), '00:00');
  assert.equal(elapsedText(67_900), '01:07');
  assert.equal(elapsedText(3_723_000), '1:02:03');
});
