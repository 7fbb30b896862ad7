/**
 * The facts burned into a take's pixels. White on black, in two bands, sized by the picture so that a person and an OCR
 * program read them at 480 lines; the camera's picture stays free in between. Where the encoder keeps up, the bands lie
 * outside the picture and hide nothing of it.
 * Only facts that nothing later can correct: no assumed platform clock, no ordered quantity.
 */

/**
 * @typedef {object} OverlayModel
 * @property {string[]} orderNos order numbers as printed by the platform
 * @property {string} parcelCode printed label code
 * @property {string} received receipt time with its zone, as text
 * @property {string[]} limits the 24 / 48 / 72 h limits as texts
 * @property {string} totalLabel the word before the running count
 * @property {number} total units counted
 * @property {{ label: string, count: number, current: boolean }[]} lines
 * @property {string} elapsed time in the take
 */

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Pen */

const FONT = 'Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans", Arial, sans-serif';
const SHOWN_ORDERS = 2;
const HEAD_ROWS = 2;

/**
 * Sizes in pixels for a picture, from its shorter side.
 * @param {number} width
 * @param {number} height
 * @returns {{ small: number, code: number, total: number, pad: number }}
 */
export function overlaySizes(width, height) {
  const side = Math.min(width, height);
  const at = (/** @type {number} */ share, /** @type {number} */ least) => Math.max(least, Math.round(side * share));
  return { small: at(0.034, 15), code: at(0.062, 24), total: at(0.14, 60), pad: at(0.014, 6) };
}

/**
 * `mm:ss`, or `h:mm:ss` from an hour on.
 * @param {number} ms
 * @returns {string}
 */
export function elapsedText(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/**
 * Breaks texts into rows no wider than `room`; a text is never split.
 * @param {string[]} texts
 * @param {(text: string) => number} widthOf
 * @param {number} room
 * @param {number} gap between texts of a row
 * @returns {string[][]}
 */
export function flow(texts, widthOf, room, gap) {
  /** @type {string[][]} */
  const rows = [];
  let used = 0;
  for (const text of texts) {
    const wide = widthOf(text);
    const row = rows.at(-1);
    if (row && used + gap + wide <= room) {
      row.push(text);
      used += gap + wide;
    } else {
      rows.push([text]);
      used = wide;
    }
  }
  return rows;
}

/**
 * The lines that fit: the one tapped last always among them, order kept, the rest as a number.
 * @param {OverlayModel['lines']} lines
 * @param {number} places how many texts fit; the number of the hidden ones takes one
 * @returns {{ shown: OverlayModel['lines'], hidden: number }}
 */
export function shownLines(lines, places) {
  if (lines.length <= places) return { shown: lines, hidden: 0 };
  const room = Math.max(1, places - 1);
  const current = lines.findIndex((line) => line.current);
  const start = Math.min(Math.max(0, current - room + 1), lines.length - room);
  return { shown: lines.slice(start, start + room), hidden: lines.length - room };
}

/** Heights of the two bands in pixels. @typedef {{ top: number, bottom: number }} Bands */

/** Encoders that tolerate any size still like whole macroblocks. */
const BLOCK = 16;

/**
 * What the bands need when they lie outside a picture; the whole, picture and bands, is a multiple of 16 high.
 * @param {Pen} pen
 * @param {number} width of the picture, pixels
 * @param {number} height of the picture, pixels
 * @param {OverlayModel} model
 * @returns {Bands}
 */
export function bandsOutside(pen, width, height, model) {
  const sizes = overlaySizes(width, height);
  const { high: top } = layTop(pen, width, sizes, model);
  const whole = Math.ceil((top + height + bottomHigh(sizes)) / BLOCK) * BLOCK;
  return { top, bottom: whole - top - height };
}

/**
 * Draws both bands over whatever the context holds.
 * @param {Pen} pen
 * @param {number} width of the canvas, pixels
 * @param {number} height of the canvas, pixels
 * @param {OverlayModel} model
 * @param {Bands | null} [outside] their room above and below the picture; null: they cover a part of it
 * @returns {Bands}
 */
export function drawOverlay(pen, width, height, model, outside = null) {
  const sizes = overlaySizes(width, height - (outside ? outside.top + outside.bottom : 0));
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  return {
    top: drawTop(pen, width, sizes, model, outside?.top ?? null),
    bottom: drawBottom(pen, width, height, sizes, model, outside?.bottom ?? bottomHigh(sizes)),
  };
}

/** @param {ReturnType<typeof overlaySizes>} sizes */
function bottomHigh({ total, pad }) {
  return Math.round(total * 1.02) + pad;
}

/** @param {Pen} pen @param {number} px @param {number} weight */
function face(pen, px, weight) {
  pen.font = `${weight} ${px}px ${FONT}`;
}

/**
 * @param {Pen} pen
 * @param {number} width
 * @param {ReturnType<typeof overlaySizes>} sizes
 * @param {OverlayModel} model
 */
function layTop(pen, width, sizes, model) {
  const { small, pad } = sizes;
  const room = width - 2 * pad;
  const more = model.orderNos.length - SHOWN_ORDERS;
  const heads = [...model.orderNos.slice(0, SHOWN_ORDERS), ...(more > 0 ? [`+${more}`] : []), model.parcelCode];
  const { code, rows: headRows } = fitHeads(pen, heads, room, sizes.code);
  face(pen, small, 500);
  const timeRows = flow([model.received, ...model.limits], (text) => pen.measureText(text).width, room, small * 1.4);
  const rowCode = Math.round(code * 1.2);
  const rowSmall = Math.round(small * 1.35);
  const high = pad * 2 + headRows.length * rowCode + timeRows.length * rowSmall;
  return { room, code, headRows, timeRows, rowCode, rowSmall, high };
}

/**
 * @param {Pen} pen
 * @param {number} width
 * @param {ReturnType<typeof overlaySizes>} sizes
 * @param {OverlayModel} model
 * @param {number | null} given height; null: as much as it needs
 * @returns {number} height of the band
 */
function drawTop(pen, width, sizes, model, given) {
  const { small, pad } = sizes;
  const { room, code, headRows, timeRows, rowCode, rowSmall, high: needed } = layTop(pen, width, sizes, model);
  const high = given ?? needed;
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, width, high);
  pen.fillStyle = '#fff';
  let y = pad;
  face(pen, code, 700);
  for (const row of headRows) y = drawRow(pen, row, pad, y, rowCode, code, room);
  face(pen, small, 500);
  for (const row of timeRows) y = drawRow(pen, row, pad, y, rowSmall, small * 1.4, room);
  return high;
}

/**
 * The largest size, down to seven tenths, at which the heads take two rows: a parcel of many orders must not eat the picture.
 * @param {Pen} pen
 * @param {string[]} heads
 * @param {number} room
 * @param {number} largest pixels
 * @returns {{ code: number, rows: string[][] }}
 */
function fitHeads(pen, heads, room, largest) {
  let code = largest;
  for (;;) {
    face(pen, code, 700);
    const rows = flow(heads, (text) => pen.measureText(text).width, room, code);
    if (rows.length <= HEAD_ROWS || code <= largest * 0.7) return { code, rows };
    code -= 1;
  }
}

/**
 * @param {Pen} pen
 * @param {string[]} texts
 * @param {number} x
 * @param {number} y top of the row
 * @param {number} high
 * @param {number} gap
 * @param {number} room a text wider than this is squeezed, never cut
 * @returns {number} top of the next row
 */
function drawRow(pen, texts, x, y, high, gap, room) {
  let left = x;
  for (const text of texts) {
    pen.fillText(text, left, y + high / 2, room);
    left += pen.measureText(text).width + gap;
  }
  return y + high;
}

/**
 * @param {Pen} pen
 * @param {number} width
 * @param {number} height
 * @param {ReturnType<typeof overlaySizes>} sizes
 * @param {OverlayModel} model
 * @param {number} high
 * @returns {number} height of the band
 */
function drawBottom(pen, width, height, sizes, model, high) {
  const { small, total, pad } = sizes;
  const top = height - high;
  pen.fillStyle = '#000';
  pen.fillRect(0, top, width, high);
  pen.fillStyle = '#fff';
  const middle = top + high / 2;

  face(pen, small, 500);
  const labelWide = pen.measureText(model.totalLabel).width;
  pen.fillText(model.totalLabel, pad, middle);
  face(pen, total, 800);
  const count = String(model.total);
  const countLeft = pad + labelWide + small;
  pen.fillText(count, countLeft, middle + total * 0.04);
  const countRight = countLeft + pen.measureText(count).width;

  face(pen, Math.round(small * 1.5), 700);
  const elapsedWide = pen.measureText(model.elapsed).width;
  pen.fillText(model.elapsed, width - pad - elapsedWide, middle);

  const left = countRight + pad * 3;
  drawLines(pen, { left, top: top + pad / 2, wide: width - elapsedWide - pad * 4 - left, high: high - pad }, sizes, model);
  return high;
}

/**
 * The count of each line, in one or two columns of rows that can still be read.
 * @param {Pen} pen
 * @param {{ left: number, top: number, wide: number, high: number }} box
 * @param {ReturnType<typeof overlaySizes>} sizes
 * @param {OverlayModel} model
 */
function drawLines(pen, box, sizes, model) {
  if (box.wide < sizes.small * 4) return;
  const most = Math.max(1, Math.floor(box.high / (sizes.small * 1.1)));
  const columns = box.wide > sizes.small * 20 && model.lines.length > most ? 2 : 1;
  const { shown, hidden } = shownLines(model.lines, most * columns);
  const texts = shown.map((line) => ({ label: line.label, count: String(line.count), current: line.current }));
  if (hidden > 0) texts.push({ label: `+${hidden}`, count: '', current: false });
  const rows = Math.ceil(texts.length / columns);
  const rowHigh = Math.min(box.high / rows, sizes.small * 1.9);
  const px = Math.min(Math.round(rowHigh * 0.8), Math.round(sizes.small * 1.25));
  const columnWide = box.wide / columns;
  const offset = (box.high - rowHigh * rows) / 2;
  texts.forEach((text, i) => {
    const x = box.left + Math.floor(i / rows) * columnWide;
    const y = box.top + offset + rowHigh * ((i % rows) + 0.5);
    face(pen, px, 800);
    const countWide = text.count ? pen.measureText(text.count).width + px * 0.6 : 0;
    pen.fillText(text.count, x, y);
    face(pen, px, text.current ? 800 : 500);
    pen.fillText(ellipsis(pen, text.label, columnWide - countWide - px * 0.6), x + countWide, y);
  });
}

/**
 * Cuts a label to a width; numbers never go through here.
 * @param {Pen} pen @param {string} text @param {number} room @returns {string}
 */
function ellipsis(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  const signs = Array.from(text);
  while (signs.length > 1 && pen.measureText(`${signs.join('')}…`).width > room) signs.pop();
  return `${signs.join('')}…`;
}
