/** The player of one take: marks on a timeline, the running count, jumps to a unit. */

import { LEAD_MS, clockText, fillWords, neighbour, ofLine, totalAt } from './tally_marks.js';

/** @typedef {import('./tally_marks.js').Mark} Mark */

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
const HEIGHT = 40;

/** Where a mark stands and how tall it is drawn: counts rise, an undo hangs, an interruption crosses all. */
const SHAPES = { tally: { y: 12, height: 28 }, undo: { y: 0, height: 16 }, broken: { y: 0, height: HEIGHT } };

export class Film {
  /** @param {HTMLElement} article @returns {Film | null} null: there is no film to play */
  static on(article) {
    const video = article.querySelector('video');
    const timeline = article.querySelector('[data-timeline]');
    return video && timeline instanceof HTMLElement ? new Film(article, video, timeline) : null;
  }

  /**
   * @param {HTMLElement} article
   * @param {HTMLVideoElement} video
   * @param {HTMLElement} timeline
   */
  constructor(article, video, timeline) {
    this.article = article;
    this.video = video;
    this.timeline = timeline;
    this.marks = readMarks(article);
    this.units = (article.dataset.units ?? '').split(' ').filter(Boolean).map(Number);
    this.line = '';
    this.position = /** @type {HTMLInputElement} */ (timeline.querySelector('[data-position]'));
    this.running = /** @type {HTMLElement} */ (timeline.querySelector('[data-running]'));
    this.timeline.hidden = false;
    this.listen();
    this.draw();
    this.follow();
  }

  /** A film that is still being made seekable has no length of its own: then the record's length counts. */
  get duration() {
    const own = this.video.duration * 1000;
    const committed = Number(this.article.dataset.duration) || (this.marks.at(-1)?.ms ?? 0);
    return Math.max(1, Number.isFinite(own) && own > 0 ? own : committed);
  }

  get now() {
    return this.video.currentTime * 1000;
  }

  /** @param {number} ms */
  seek(ms) {
    this.video.currentTime = Math.max(0, ms) / 1000;
    this.follow(Math.max(0, ms));
  }

  listen() {
    for (const type of ['loadedmetadata', 'durationchange']) {
      this.video.addEventListener(type, () => {
        this.draw();
        this.follow();
      });
    }
    for (const type of ['timeupdate', 'seeked']) this.video.addEventListener(type, () => this.follow());
    this.position.addEventListener('input', () => this.seek(Number(this.position.value)));
    this.timeline.addEventListener('click', (event) => this.clicked(event));
    this.timeline.querySelector('[data-jump]')?.addEventListener('submit', (event) => this.jump(event));
    this.article.querySelector('.events')?.addEventListener('click', (event) => this.pickEvent(event));
  }

  /** @param {Event} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    if (button.dataset.step) this.step(button.dataset.step === '1' ? 1 : -1);
    if (button.dataset.line !== undefined) this.choose(button.dataset.line);
  }

  /** @param {1 | -1} step */
  step(step) {
    const mark = neighbour(ofLine(this.marks, this.line), this.now, step);
    if (mark) this.seek(mark.ms - LEAD_MS);
  }

  /** @param {string} line id; empty for all */
  choose(line) {
    this.line = line;
    for (const button of this.timeline.querySelectorAll('[data-line]')) {
      button.setAttribute('aria-pressed', String(button instanceof HTMLElement && button.dataset.line === line));
    }
    this.draw();
  }

  /** @param {Event} event */
  jump(event) {
    event.preventDefault();
    const field = this.timeline.querySelector('[data-jump] input');
    const ms = field instanceof HTMLInputElement ? this.units[Number(field.value) - 1] : undefined;
    if (ms !== undefined) this.seek(ms - LEAD_MS);
  }

  /** A time in the list of events plays here; without this script it opens the film. @param {Event} event */
  pickEvent(event) {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const item = link?.closest('li');
    if (!item) return;
    event.preventDefault();
    this.seek(Number(item.dataset.ms) - LEAD_MS);
    this.video.scrollIntoView({ block: 'nearest' });
  }

  /** Says where the film stands. @param {number} [ms] the target of a seek that is still under way */
  follow(ms = this.now) {
    const words = fillWords(this.article.dataset.runningWords ?? '', {
      n: totalAt(this.marks, ms),
      total: this.units.length,
      time: clockText(ms),
    });
    this.running.textContent = words;
    this.position.max = String(Math.ceil(this.duration));
    this.position.value = String(Math.round(ms));
    this.position.setAttribute('aria-valuetext', words);
  }

  draw() {
    const marks = ofLine(this.marks, this.line).map((mark) => drawn(mark, this.duration));
    this.timeline.querySelector('[data-marks]')?.replaceChildren(...marks);
  }
}

/** @param {HTMLElement} article @returns {Mark[]} from the list of events, which is readable without a script too */
function readMarks(article) {
  return [...article.querySelectorAll('.events li')].map((item) => {
    const { ms = '0', kind = '', line = '', total = '' } = /** @type {HTMLElement} */ (item).dataset;
    return { ms: Number(ms), kind, line, total: total === '' ? null : Number(total) };
  });
}

/** @param {Mark} mark @param {number} duration @returns {SVGElement} */
function drawn(mark, duration) {
  const kind = mark.total === null ? 'broken' : mark.kind === 'undo' ? 'undo' : 'tally';
  const width = kind === 'broken' ? 5 : 3;
  const x = Math.min(WIDTH - width, (mark.ms / duration) * WIDTH - width / 2);
  const shape = document.createElementNS(SVG, 'rect');
  shape.setAttribute('class', `mark ${kind}`);
  for (const [name, value] of Object.entries({ x: Math.max(0, x), width, ...SHAPES[kind] })) {
    shape.setAttribute(name, String(value));
  }
  return shape;
}
