/** The result as a picture for a chat: 1080 wide, large enough to be read in the chat's small view. */

/** @typedef {import('./result_facts.js').Row} Row */
/** @typedef {CanvasRenderingContext2D} Pen */

export const WIDE = 1080;
const PAD = 64;
const FONT = 'Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans", Arial, sans-serif';

/** Size in pixels, weight, ink, ground and room above by look. @type {Readonly<Record<Row['look'], { px: number, weight: number, ink: string, ground: string | null, above: number }>>} */
const LOOKS = {
  head: { px: 96, weight: 800, ink: '#ffffff', ground: '#0b5d51', above: 0 },
  big: { px: 92, weight: 800, ink: '#14213d', ground: null, above: 28 },
  row: { px: 46, weight: 500, ink: '#14213d', ground: null, above: 14 },
  good: { px: 54, weight: 750, ink: '#1b6b3a', ground: '#e3f4e9', above: 24 },
  bad: { px: 54, weight: 750, ink: '#b3261e', ground: '#fdeceb', above: 24 },
  wait: { px: 54, weight: 750, ink: '#8a4b00', ground: '#fff1db', above: 24 },
  quiet: { px: 40, weight: 500, ink: '#4a5670', ground: null, above: 34 },
};

/**
 * Breaks a text where it is too wide: between words, else between signs (Chinese has no spaces).
 * @param {string} text
 * @param {number} room
 * @param {(text: string) => number} widthOf
 * @returns {string[]} at least one
 */
export function broken(text, room, widthOf) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(/(?<=\s)|(?<=[\u2e80-\uffef])/u)) {
    if (line && widthOf(line + word.trimEnd()) > room) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
    while (widthOf(line.trimEnd()) > room && Array.from(line).length > 1) {
      const signs = Array.from(line);
      let fits = signs.length - 1;
      while (fits > 1 && widthOf(signs.slice(0, fits).join('')) > room) fits -= 1;
      lines.push(signs.slice(0, fits).join(''));
      line = signs.slice(fits).join('');
    }
  }
  return [...lines, line.trimEnd()].filter((one, i, all) => one !== '' || all.length === 1);
}

/**
 * Draws the card; the canvas gets the height that it needs.
 * @param {HTMLCanvasElement} canvas
 * @param {readonly Row[]} rows
 */
export function drawResult(canvas, rows) {
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new Error('no 2d context');
  const laid = rows.map((row) => lay(pen, row));
  const high = laid.reduce((sum, { tall, look }) => sum + LOOKS[look].above + tall, 0) + PAD;
  Object.assign(canvas, { width: WIDE, height: high });
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, WIDE, high);
  let y = 0;
  for (const block of laid) {
    y += LOOKS[block.look].above;
    drawBlock(pen, block, y);
    y += block.tall;
  }
}

/** @param {Pen} pen @param {Row} row */
function lay(pen, { text, look }) {
  const { px, weight, ground } = LOOKS[look];
  pen.font = `${weight} ${px}px ${FONT}`;
  const lines = broken(text, WIDE - 2 * PAD, (part) => pen.measureText(part).width);
  const each = Math.round(px * 1.3);
  const inset = ground ? Math.round(px * 0.35) : 0;
  return { lines, look, each, inset, tall: lines.length * each + 2 * inset };
}

/** @param {Pen} pen @param {ReturnType<typeof lay>} block @param {number} y */
function drawBlock(pen, { lines, look, each, inset, tall }, y) {
  const { px, weight, ink, ground } = LOOKS[look];
  if (ground) {
    pen.fillStyle = ground;
    pen.fillRect(0, y, WIDE, tall);
  }
  pen.fillStyle = ink;
  pen.font = `${weight} ${px}px ${FONT}`;
  pen.textBaseline = 'middle';
  lines.forEach((line, i) => pen.fillText(line, PAD, y + inset + each * (i + 0.5)));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>} PNG
 * @throws {Error} the browser made none
 */
export async function pictureOf(canvas) {
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob?.size) throw new Error('no picture');
  return blob;
}
