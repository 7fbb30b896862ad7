/**
 * Camera to canvas, a picture for each camera frame, so that what is recorded is what is shown.
 * The canvas keeps its size for the whole take: a turned phone is letterboxed, since encoders do not survive a new size.
 */

/** When no camera frame came for this long, the overlay is painted anyway: the clock in the picture must go on. */
const QUIET_MS = 450;
const GUARD_MS = 150;

/**
 * The largest centred area of the canvas that keeps the picture's shape.
 * @param {{ width: number, height: number }} picture
 * @param {{ width: number, height: number }} canvas
 * @returns {{ x: number, y: number, width: number, height: number }}
 */
export function containArea(picture, canvas) {
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  return { x: Math.round((canvas.width - width) / 2), y: Math.round((canvas.height - height) / 2), width, height };
}

/**
 * @typedef {object} CanvasFeed
 * @property {(blank: boolean) => void} setBlank black instead of a frozen picture while the camera gives none
 * @property {() => void} repaint the last picture with a fresh overlay, at once
 * @property {() => void} stop
 */

/**
 * Starts painting; the canvas must be in the document (iOS records black otherwise).
 * @param {object} options
 * @param {HTMLVideoElement} options.video playing
 * @param {HTMLCanvasElement} options.canvas sized by the caller
 * @param {import('./overlay.js').Bands | null} options.bands room for the overlay outside the picture
 * @param {(pen: CanvasRenderingContext2D, width: number, height: number) => void} options.paint draws the overlay
 * @returns {CanvasFeed}
 */
export function startCanvasFeed({ video, canvas, bands, paint }) {
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new Error('no 2d context');
  let running = true;
  let blank = false;
  let paintedAt = 0;

  const draw = () => {
    paintedAt = performance.now();
    const top = bands?.top ?? 0;
    const room = { width: canvas.width, height: canvas.height - top - (bands?.bottom ?? 0) };
    const area = containArea({ width: video.videoWidth || 1, height: video.videoHeight || 1 }, room);
    if (blank || area.width !== room.width || area.height !== room.height) {
      pen.fillStyle = '#000';
      pen.fillRect(0, top, room.width, room.height);
    }
    if (!blank) pen.drawImage(video, area.x, top + area.y, area.width, area.height);
    paint(pen, canvas.width, canvas.height);
  };

  const perFrame = 'requestVideoFrameCallback' in HTMLVideoElement.prototype;
  const next = () => {
    if (!running) return;
    draw();
    if (perFrame) video.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
  };
  next();
  const guard = setInterval(() => {
    if (performance.now() - paintedAt > QUIET_MS) draw();
  }, GUARD_MS);

  return {
    setBlank(now) {
      blank = now;
    },
    repaint: draw,
    stop() {
      running = false;
      clearInterval(guard);
    },
  };
}
