/**
 * The record text, format 1: the bytes that are signed. Its order and its closed list of keys stand in
 * docs/architecture.md; the server's twin reads the same tests/vectors/records.json.
 */
import { EMPTY_SHA256, sha256Hex } from './hash.js';
import { KIND_SHAPES, PHOTO_KINDS, SLOT_KINDS, SUPERSEDING_KINDS } from './record_kinds.js';
import { readSpelling, stickerSpelling } from './sticker.js';

/**
 * What a record says. null is `-`. Hashes of `file`, `chunks` and `events` are bare hex, `prev` is `sha256:<hex>`.
 * `values` are the kind's own keys (record_kinds.js), as text; null is `-`.
 * `alias` is the text of a sticker as it was scanned. `mono` counts in the page session `boot`, `wall` is the device's clock with its zone in minutes east.
 * @typedef {{
 *   id: string, device: string, seq: number, prev: string | null, boot: string, site: string,
 *   worker: string | null, order: string | null, parcel: string | null,
 *   kind: string, slot: string | null, challenge: string | null, label: string | null,
 *   opens?: string | null, closed?: 'complete' | 'interrupted', tally?: {line: string, units: number}[],
 *   code?: string | null, alias?: string | null, values?: Readonly<Record<string, string | null>>,
 *   file: {sha256: string, bytes: number, mime: string} | null, chunks: {n: number, root: string} | null,
 *   mono: {start: number, stop: number}, wall: {start: number, stop: number, tz: number},
 *   offset: {ms: number, pm: number} | null, events: string | null, supersedes: string | null,
 *   app: string, salt: string,
 * }} RecordFields
 */

/** A record that format 1 does not know; `code` names the word for people. */
export class RecordError extends RangeError {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'RecordError';
    this.code = 'record_malformed';
  }
}

const ID = '[0-9a-f]{32}';
const HASH = 'sha256:[0-9a-f]{64}';
const N = '(?:0|[1-9]\\d*)';
const Z = '(?:0|-?[1-9]\\d*)';
const MIME = '[a-z]+/[\\x21-\\x7e]{1,100}';

/** Key and the shape of its value, in the order of the text. `opens`, `closed`, `tally` stand in takes only, `code`, `alias` in binds. */
const HEAD = shapes([
  ['format', '1'],
  ['id', ID],
  ['device', ID],
  ['seq', '[1-9]\\d*'],
  ['prev', `${HASH}|-`],
  ['boot', '[0-9a-f]{16}'],
  ['site', ID],
  ['worker', `${ID}|-`],
  ['order', `${ID}|-`],
  ['parcel', `${ID}|-`],
  ['kind', '[a-z-]{1,20}'],
  ['slot', 'EV-\\d{2}p?|-'],
  ['challenge', `${ID}|-`],
  ['label', '[0-9A-HJKMNP-TV-Z]{10}|-'],
]);
const TAKE = shapes([
  ['opens', ID],
  ['closed', 'complete|interrupted'],
]);
const BIND = shapes([
  ['code', '[0-9A-HJKMNP-TV-Z]{10}|-'],
  ['alias', '[A-Za-z0-9_-]{2,1067}|-'],
]);
const TALLY = /^([0-9a-f]{32}) (0|[1-9]\d*)$/;
const TAIL = shapes([
  ['file', `${HASH} [1-9]\\d* ${MIME}|-`],
  ['chunks', `[1-9]\\d* ${HASH}|-`],
  ['mono', `${N} ${N}`],
  ['wall', `${N} ${N} ${Z}`],
  ['offset', `${Z} ${N}|-`],
  ['events', `${HASH}|-`],
  ['supersedes', `${ID}|-`],
  ['app', '[0-9a-f]{2,64}'],
  ['salt', ID],
]);

/**
 * @param {[string, string][]} list
 * @returns {Map<string, RegExp>}
 */
function shapes(list) {
  return new Map(list.map(([key, shape]) => [key, new RegExp(`^(?:${shape})$`)]));
}

/**
 * The text of a record. What it writes it also reads: each value passes the same check as in `parseRecord`.
 * @param {RecordFields} fields
 * @returns {string}
 * @throws {RecordError}
 */
export function recordText(fields) {
  const lines = [...lineUp(HEAD, fields), ...takeLines(fields), ...bindLines(fields), ...valueLines(fields), ...lineUp(TAIL, fields)];
  const text = lines.map((line) => line + '\n').join('');
  parseRecord(text);
  return text;
}

/** The name of a record's bytes. @param {string} text @returns {string} `sha256:<hex>` */
export function recordHash(text) {
  return `sha256:${sha256Hex(text)}`;
}

/**
 * @param {Map<string, RegExp>} keys
 * @param {RecordFields} fields
 * @returns {string[]}
 */
function lineUp(keys, fields) {
  return [...keys.keys()].map((key) => `${key} ${valueText(key, fields)}`);
}

/**
 * @param {string} key
 * @param {RecordFields} fields
 * @returns {string}
 */
function valueText(key, fields) {
  if (key === 'format') return '1';
  const value = /** @type {any} */ (fields)[key];
  if (value === null || value === undefined) return '-';
  switch (key) {
    case 'file':
      return `sha256:${value.sha256} ${value.bytes} ${value.mime}`;
    case 'chunks':
      return `${value.n} sha256:${value.root}`;
    case 'mono':
      return `${value.start} ${value.stop}`;
    case 'wall':
      return `${value.start} ${value.stop} ${value.tz}`;
    case 'offset':
      return `${value.ms} ${value.pm}`;
    case 'events':
      return `sha256:${value}`;
    case 'alias':
      return carried(() => stickerSpelling(value));
    default:
      return String(value);
  }
}

/**
 * @param {RecordFields} fields
 * @returns {string[]}
 */
function takeLines(fields) {
  if (fields.kind !== 'take') {
    if (fields.opens || fields.closed || fields.tally?.length) throw new RecordError(`${fields.kind} has take keys`);
    return [];
  }
  const tally = (fields.tally ?? []).map(({ line, units }) => `tally ${line} ${units}`);
  return [`opens ${fields.opens ?? '-'}`, `closed ${fields.closed}`, ...tally];
}

/** @param {RecordFields} fields @returns {string[]} */
function bindLines(fields) {
  if (fields.kind === 'bind') return lineUp(BIND, fields);
  if (fields.code || fields.alias) throw new RecordError(`${fields.kind} has bind keys`);
  return [];
}

/** @param {RecordFields} fields @returns {string[]} */
function valueLines(fields) {
  const values = fields.values ?? {};
  const keys = [...(KIND_SHAPES.get(fields.kind)?.keys() ?? [])];
  const strange = Object.keys(values).filter((key) => !keys.includes(key));
  if (strange.length) throw new RecordError(`${fields.kind} has no ${strange.join(', ')}`);
  return keys.map((key) => `${key} ${values[key] ?? '-'}`);
}

/** @param {() => string} step @returns {string} @throws {RecordError} when the format cannot carry it */
function carried(step) {
  try {
    return step();
  } catch (error) {
    throw new RecordError(`alias: ${error instanceof Error ? error.message : ''}`);
  }
}

/**
 * @param {string} text
 * @returns {RecordFields}
 * @throws {RecordError}
 */
export function parseRecord(text) {
  if (!text.endsWith('\n')) throw new RecordError('no closing LF');
  if (!/^[\x20-\x7e\n]*$/.test(text)) throw new RecordError('a character that is not printable ASCII');
  const lines = text.slice(0, -1).split('\n');
  /** @type {Record<string, string>} */
  const values = {};
  take(lines, HEAD, values);
  const own = KIND_SHAPES.get(values.kind);
  if (!own) throw new RecordError(`a kind that this phone does not know: ${values.kind}`);
  const isTake = values.kind === 'take';
  if (isTake) take(lines, TAKE, values);
  const tally = isTake ? takeTally(lines) : [];
  if (values.kind === 'bind') take(lines, BIND, values);
  /** @type {Record<string, string>} */
  const said = {};
  take(lines, new Map(own), said);
  // Longer ones are ids that happen to have no letter.
  for (const word of Object.values(said).flatMap((text) => text.split(' '))) if (/^\d{1,16}$/.test(word)) whole(word);
  take(lines, TAIL, values);
  if (lines.length) throw new RecordError(`unknown line: ${lines[0]}`);
  const fields = fieldsOf(values, tally);
  if (own.size) fields.values = Object.fromEntries(Object.entries(said).map(([key, text]) => [key, text === '-' ? null : text]));
  checkTogether(fields);
  return fields;
}

/**
 * Moves the next lines into `values`, each under the key that must come now.
 * @param {string[]} lines
 * @param {Map<string, RegExp>} keys
 * @param {Record<string, string>} values
 */
function take(lines, keys, values) {
  for (const [key, shape] of keys) {
    const line = lines.shift() ?? '';
    const value = line.slice(key.length + 1);
    if (!line.startsWith(`${key} `) || !shape.test(value)) throw new RecordError(`not a ${key} line: ${line}`);
    values[key] = value;
  }
}

/**
 * @param {string[]} lines
 * @returns {{line: string, units: number}[]}
 */
function takeTally(lines) {
  const tally = [];
  while (lines[0]?.startsWith('tally ')) {
    const match = TALLY.exec(lines[0].slice(6));
    if (!match) throw new RecordError(`not a tally line: ${lines[0]}`);
    tally.push({ line: match[1], units: whole(match[2]) });
    lines.shift();
  }
  if (new Set(tally.map(({ line }) => line)).size !== tally.length) throw new RecordError('a line is tallied twice');
  return tally;
}

/** @param {string} text @returns {number} */
function whole(text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RecordError(`a number beyond 2^53 - 1: ${text}`);
  return value;
}

/** @param {string} value `sha256:<hex>` @returns {string} bare hex */
function bare(value) {
  const hash = value.slice('sha256:'.length);
  if (hash === EMPTY_SHA256) throw new RecordError('the hash of nothing');
  return hash;
}

/**
 * @param {Record<string, string>} values
 * @param {{line: string, units: number}[]} tally
 * @returns {RecordFields}
 */
function fieldsOf(values, tally) {
  /** @param {string} key @returns {string | null} */
  const orNull = (key) => (values[key] === '-' ? null : values[key]);
  /** @param {string} key @returns {string[]} */
  const words = (key) => orNull(key)?.split(' ') ?? [];
  const kind = /** @type {RecordFields['kind']} */ (values.kind);
  const [fileHash, bytes, mime] = words('file');
  const [n, root] = words('chunks');
  const [start, stop] = words('mono').map(whole);
  const [from, to, tz] = words('wall').map(whole);
  const [ms, pm] = words('offset').map(whole);
  if (values.prev !== '-') bare(values.prev);
  return {
    id: values.id,
    device: values.device,
    seq: whole(values.seq),
    prev: orNull('prev'),
    boot: values.boot,
    site: values.site,
    worker: orNull('worker'),
    order: orNull('order'),
    parcel: orNull('parcel'),
    kind,
    slot: orNull('slot'),
    challenge: orNull('challenge'),
    label: orNull('label'),
    ...(kind === 'take' && {
      opens: values.opens,
      closed: /** @type {'complete' | 'interrupted'} */ (values.closed),
      tally,
    }),
    ...(kind === 'bind' && {
      code: orNull('code'),
      alias: values.alias === '-' ? null : carried(() => readSpelling(values.alias)),
    }),
    file: fileHash ? { sha256: bare(fileHash), bytes: whole(bytes), mime } : null,
    chunks: n ? { n: whole(n), root: bare(root) } : null,
    mono: { start, stop },
    wall: { start: from, stop: to, tz },
    offset: values.offset === '-' ? null : { ms, pm },
    events: values.events === '-' ? null : bare(values.events),
    supersedes: orNull('supersedes'),
    app: values.app,
    salt: values.salt,
  };
}

/** What no single line shows. @param {RecordFields} fields */
function checkTogether(fields) {
  if ((fields.seq === 1) !== (fields.prev === null)) throw new RecordError('prev is - for the first record only');
  if (fields.mono.stop < fields.mono.start) throw new RecordError('mono runs backwards');
  checkFile(fields);
  if (SLOT_KINDS.has(fields.kind) && !fields.slot) throw new RecordError(`a ${fields.kind} names its slot`);
  if (SUPERSEDING_KINDS.has(fields.kind) && !fields.supersedes) throw new RecordError(`a ${fields.kind} supersedes nothing`);
  if (fields.kind === 'bind' && !fields.code === !fields.alias) throw new RecordError('a bind names a code or an alias');
  if (fields.closed === 'complete' && !fields.file) throw new RecordError('a complete take without a file');
}

/** @param {RecordFields} fields */
function checkFile({ kind, file, chunks, events }) {
  if (PHOTO_KINDS.has(kind)) {
    if (!file || chunks || events) throw new RecordError('a photo has a file, no chunks and no events');
    return;
  }
  if (!file !== !chunks) throw new RecordError('file and chunks come together');
  if (kind !== 'take' && (file || events)) throw new RecordError(`${kind} has a file`);
}
