/**
 * How many units of a lot are inspected, which ones, and what the defects found say about the lot; the same as
 * webapp/domain/sampling.py (tests/vectors/sampling.json stands behind both). Pure, synchronous.
 */
import { sha256Bytes } from './hash.js';
import { DEFECT_CLASSES, LEVELS } from './record_kinds.js';

/**
 * `limits`: Ac and Re by class, each for the first `n` units of the draw; `aql` null: critical, none allowed.
 * `letter` of the plan is Table 1's, before arrows. `below_floor`: needs the importer's waiver (AMB-11).
 * @typedef {{defect_class: string, aql: string | null, letter: string, n: number, ac: number, re: number}} ClassLimit
 * @typedef {{kind: 'fix' | 'aql', lot: number, n: number, n_floor: number, n_target: number, level: string | null,
 *   letter: string | null, limits: ClassLimit[], below_floor: boolean, every_unit: boolean}} SamplingPlan
 * @typedef {'accept' | 'reject' | 'undecided' | 'inspector'} Result `inspector`: no Ac/Re, a person decides
 * @typedef {{limit: ClassLimit, inspected: number, defective: number, beyond: number, result: Result}} ClassResult
 * @typedef {{result: Result, inspected: number, extra: number, defective: number[], classes: ClassResult[]}} Judgement
 */

/** More units of one line are not counted one by one. */
export const LARGEST_LOT = 1_000_000;

export const AQLS = Object.freeze(['0.65', '1.0', '1.5', '2.5', '4.0', '6.5']);

// Table 1: the largest lot of each row; its code letters by LEVELS. The last row has no end.
const LOT_ENDS = [8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000, Infinity];
const CODE_LETTERS = [
  'AAAAAAB', 'AAAAABC', 'AABBBCD', 'ABBCCDE', 'BBCCCEF', 'BBCDDFG', 'BCDEEGH', 'BCDEFHJ',
  'CCEFGJK', 'CDEGHKL', 'CDFGJLM', 'CDFHKMN', 'DEGJLNP', 'DEGJMPQ', 'DEHKNQR',
];

/**
 * Table 2-A, normal inspection: letter, sample size, Ac by AQLS. v: first plan below, ^: first plan above.
 * @type {readonly [string, number, readonly (number | 'v' | '^')[]][]}
 */
export const TABLE_2A = [
  ['A', 2, ['v', 'v', 'v', 'v', 'v', 0]],
  ['B', 3, ['v', 'v', 'v', 'v', 0, '^']],
  ['C', 5, ['v', 'v', 'v', 0, '^', 'v']],
  ['D', 8, ['v', 'v', 0, '^', 'v', 1]],
  ['E', 13, ['v', 0, '^', 'v', 1, 2]],
  ['F', 20, [0, '^', 'v', 1, 2, 3]],
  ['G', 32, ['^', 'v', 1, 2, 3, 5]],
  ['H', 50, ['v', 1, 2, 3, 5, 7]],
  ['J', 80, [1, 2, 3, 5, 7, 10]],
  ['K', 125, [2, 3, 5, 7, 10, 14]],
  ['L', 200, [3, 5, 7, 10, 14, 21]],
  ['M', 315, [5, 7, 10, 14, 21, '^']],
  ['N', 500, [7, 10, 14, 21, '^', '^']],
  ['P', 800, [10, 14, 21, '^', '^', '^']],
  ['Q', 1250, [14, 21, '^', '^', '^', '^']],
  ['R', 2000, [21, '^', '^', '^', '^', '^']],
];

// The first 8 bytes of a rank, at most 15 % of 2^64.
const CHIMES_UP_TO = 0x2666666666666666n;
const ID = /^[0-9a-f]{32}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const utf8 = new TextEncoder();

/**
 * 10 % floor, 15 % target (S3-09, AMB-11), both rounded up; `n` is the target.
 * @param {number} lot
 * @param {boolean} [whole] the importer made the target the floor
 * @returns {SamplingPlan}
 * @throws {RangeError} lot_size_wrong
 */
export function fractionPlan(lot, whole = false) {
  checkLot(lot);
  const planned = plan({ kind: 'fix', lot, n: target(lot), level: null, letter: null, limits: [] });
  return whole ? { ...planned, n_floor: planned.n_target } : planned;
}

/**
 * ISO 2859-1 single, normal. A class without an AQL is counted and not judged; critical is always 0/1 on the whole
 * sample. The letter of the largest sample serves all classes, except a class that has only an arrow there.
 * @param {number} lot
 * @param {string} level
 * @param {{major?: string, minor?: string}} aql
 * @returns {SamplingPlan}
 * @throws {RangeError} lot_size_wrong, sampling_level_unknown, aql_unknown
 */
export function aqlPlan(lot, level, aql) {
  const letter = codeLetter(lot, level);
  const asked = Object.entries({ major: aql.major, minor: aql.minor }).filter((entry) => entry[1] !== undefined);
  if (!asked.length) throw new RangeError('an AQL is for major or minor defects');
  const own = asked.map(([name, value]) => ({ name, aql: readAql(String(value)), cell: resolve(letter, String(value)) }));
  const widest = own.reduce((largest, { cell }) => (cell.n > largest.n ? cell : largest), own[0].cell);
  const n = Math.min(lot, widest.n);
  /** @type {ClassLimit[]} */
  const limits = [{ defect_class: DEFECT_CLASSES[0], aql: null, letter: widest.letter, n, ac: 0, re: 1 }];
  for (const { name, aql: value, cell } of own) {
    const atWidest = resolve(widest.letter, value);
    const used = atWidest.letter === widest.letter ? atWidest : cell;
    limits.push({ ...used, defect_class: name, aql: value, n: Math.min(lot, used.n) });
  }
  return plan({ kind: 'aql', lot, n, level, letter, limits });
}

/**
 * Table 1. A lot of one unit reads as the first row.
 * @param {number} lot
 * @param {string} level
 * @throws {RangeError} lot_size_wrong, sampling_level_unknown
 */
export function codeLetter(lot, level) {
  checkLot(lot);
  const column = /** @type {readonly string[]} */ (LEVELS).indexOf(level);
  if (column < 0) throw new RangeError('sampling_level_unknown');
  return CODE_LETTERS[LOT_ENDS.findIndex((end) => lot <= end)][column];
}

/**
 * The plan at a letter, arrows followed: letter and sample size are those of the row where it stands.
 * @param {string} letter
 * @param {string} aql
 * @returns {{letter: string, n: number, ac: number, re: number}}
 * @throws {RangeError} aql_unknown, or no letter of the table
 */
export function resolve(letter, aql) {
  const column = AQLS.indexOf(readAql(aql));
  let place = TABLE_2A.findIndex(([own]) => own === letter);
  if (place < 0) throw new RangeError(`no code letter: ${letter}`);
  for (;;) {
    const [own, n, cells] = TABLE_2A[place];
    const ac = cells[column];
    if (typeof ac === 'number') return { letter: own, n, ac, re: ac + 1 };
    place += ac === 'v' ? 1 : -1;
  }
}

/**
 * An AQL as in AQLS, also from `1`, `4` or `2.50`.
 * @param {string} text
 * @throws {RangeError} aql_unknown
 */
export function readAql(text) {
  const plain = text.trim();
  const bare = plain.includes('.') ? plain.replace(/0+$/, '').replace(/\.$/, '') : plain;
  const known = AQLS.find((aql) => bare === aql.replace(/\.0$/, ''));
  if (known === undefined) throw new RangeError('aql_unknown');
  return known;
}

/**
 * The lot by its sample. A class is rejected as soon as Re is reached, accepted only when all of its first n units are
 * inspected; units beyond the plan are reported, not judged. A fixed fraction has no Ac/Re: a critical defect proposes
 * `reject`, below the floor it is `undecided`.
 * @param {SamplingPlan} planned
 * @param {readonly (readonly string[] | null)[]} units in the order of the draw: the classes of the defects found in
 *   each (empty: none found), null while it is not inspected
 * @returns {Judgement}
 */
export function judge(planned, units) {
  const worst = units.map((found) => (found === null ? null : worstOf(found)));
  const inspected = inspectedOf(worst);
  const defective = DEFECT_CLASSES.map((name) => countOf(worst, name));
  const classes = planned.limits.map((limit) => judgeClass(limit, worst));
  const result =
    planned.kind === 'fix'
      ? judgeFraction(planned, inspected, defective[0])
      : (/** @type {const} */ (['reject', 'undecided']).find((no) => classes.some((one) => one.result === no)) ?? 'accept');
  return { result, inspected, extra: inspectedOf(worst.slice(planned.n)), defective, classes };
}

/**
 * 32 bytes that neither the phone nor the server can choose alone.
 * @param {string} challenge id of the server's nonce
 * @param {string} takeOpenSha256 hex, of the text of the take-open record of the take that counted the lot
 * @param {string} line
 * @param {number} tranche from 1
 * @param {number} [redraw] from 0
 * @returns {Uint8Array}
 * @throws {RangeError}
 */
export function drawSeed(challenge, takeOpenSha256, line, tranche, redraw = 0) {
  if (!ID.test(challenge) || !ID.test(line) || !SHA256.test(takeOpenSha256)) {
    throw new RangeError('ids are 32, the digest 64 lower-case hex characters');
  }
  if (!Number.isSafeInteger(tranche) || tranche < 1 || !Number.isSafeInteger(redraw) || redraw < 0) {
    throw new RangeError('tranches count from 1, redraws from 0');
  }
  return sha256Bytes(`dockproof-draw-1\n${challenge}\n${takeOpenSha256}\n${line}\n${tranche}\n${redraw}\n`);
}

/**
 * Where a unit (from 1, in the order of counting) stands in the draw: the smaller, the earlier.
 * @param {Uint8Array} seed
 * @param {number} unit
 * @returns {Uint8Array} 32 bytes
 */
export function rank(seed, unit) {
  const number = utf8.encode(String(unit));
  const bytes = new Uint8Array(seed.length + number.length);
  bytes.set(seed);
  bytes.set(number, seed.length);
  return sha256Bytes(bytes);
}

/**
 * Whether the unit is put aside during a tally, while the size of the lot is unknown: some 15 % are.
 * @param {Uint8Array} seed
 * @param {number} unit
 */
export function chimes(seed, unit) {
  const first = rank(seed, unit);
  return new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0) <= CHIMES_UP_TO;
}

/**
 * All units of the lot in the order of the draw.
 * @param {Uint8Array} seed
 * @param {number} lot
 * @returns {number[]}
 */
export function drawOrder(seed, lot) {
  checkLot(lot);
  return Array.from({ length: lot }, (_, i) => ({ unit: i + 1, rank: rank(seed, i + 1) }))
    .sort((a, b) => compareBytes(a.rank, b.rank) || a.unit - b.unit)
    .map(({ unit }) => unit);
}

/**
 * The `n` units to inspect, in the order of the draw; a larger `n` only adds units at the end.
 * @param {Uint8Array} seed
 * @param {number} lot
 * @param {number} n
 * @returns {number[]}
 * @throws {RangeError}
 */
export function sample(seed, lot, n) {
  if (!Number.isInteger(n) || n < 0 || n > lot) throw new RangeError(`${n} of ${lot} units`);
  return drawOrder(seed, lot).slice(0, n);
}

/**
 * Carton and place in it, both from 1, when units are numbered carton after carton. A carton may be empty.
 * @param {number} unit
 * @param {readonly number[]} packSizes
 * @returns {{carton: number, place: number}}
 * @throws {RangeError}
 */
export function cartonOf(unit, packSizes) {
  let left = unit;
  for (const [i, size] of packSizes.entries()) {
    if (left >= 1 && left <= size) return { carton: i + 1, place: left };
    left -= size;
  }
  throw new RangeError(`no unit ${unit} in ${packSizes.length} cartons`);
}

/** @param {Pick<SamplingPlan, 'kind' | 'lot' | 'n' | 'level' | 'letter' | 'limits'>} own @returns {SamplingPlan} */
function plan(own) {
  const floor = Math.ceil(own.lot / 10);
  return { ...own, n_floor: floor, n_target: target(own.lot), below_floor: own.n < floor, every_unit: own.n === own.lot };
}

/** Exact: 3 × lot is a whole number, and a double divides it right up to any lot. @param {number} lot */
function target(lot) {
  return Math.ceil((3 * lot) / 20);
}

/** @param {number} lot */
function checkLot(lot) {
  if (!Number.isInteger(lot) || lot < 1 || lot > LARGEST_LOT) throw new RangeError('lot_size_wrong');
}

/** @param {readonly string[]} found */
function worstOf(found) {
  const strange = found.find((name) => !DEFECT_CLASSES.some((known) => known === name));
  if (strange !== undefined) throw new RangeError(`no such defect class: ${strange}`);
  return DEFECT_CLASSES.find((name) => found.includes(name)) ?? '';
}

/** @param {readonly (string | null)[]} worst */
function inspectedOf(worst) {
  return worst.filter((one) => one !== null).length;
}

/** @param {readonly (string | null)[]} worst @param {string} name */
function countOf(worst, name) {
  return worst.filter((one) => one === name).length;
}

/** @param {SamplingPlan} planned @param {number} inspected @param {number} critical @returns {Result} */
function judgeFraction(planned, inspected, critical) {
  if (critical) return 'reject';
  return inspected < planned.n_floor ? 'undecided' : 'inspector';
}

/** @param {ClassLimit} limit @param {readonly (string | null)[]} worst @returns {ClassResult} */
function judgeClass(limit, worst) {
  const first = worst.slice(0, limit.n);
  const inspected = inspectedOf(first);
  const defective = countOf(first, limit.defect_class);
  const beyond = countOf(worst.slice(limit.n), limit.defect_class);
  const accepted = inspected === limit.n ? 'accept' : 'undecided';
  return { limit, inspected, defective, beyond, result: defective >= limit.re ? 'reject' : accepted };
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function compareBytes(a, b) {
  const place = a.findIndex((byte, i) => byte !== b[i]);
  return place < 0 ? 0 : a[place] - b[place];
}
