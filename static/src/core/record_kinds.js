/**
 * The kinds of record and the closed list of value keys of each, in the order of the text. Twin of
 * webapp/domain/record_kinds.py; both read tests/vectors/records.json. Pure.
 */

const ID = '[0-9a-f]{32}';
const N = '(?:0|[1-9]\\d{0,15})';
const ONE_UP = '[1-9]\\d{0,15}';
const CODE = '[a-z][a-z0-9_-]{0,39}';
/** As sticker.js writes it. */
const SPELLING = '[A-Za-z0-9_-]{2,1067}';

/** Outer condition of a parcel before anybody opens it. */
export const OUTER = /** @type {const} */ (['intact', 'dented', 'crushed', 'torn', 'wet', 'opened']);
/** Answers of EV-04. */
export const TAPE = /** @type {const} */ (['intact', 'broken', 'none']);
export const WEIGHED = /** @type {const} */ (['parcel', 'carton', 'package', 'item']);
export const WEIGHT_UNITS = /** @type {const} */ (['kg', 'jin', 'g']);
export const LENGTH_UNITS = /** @type {const} */ (['mm', 'cm', 'm', 'in']);
/** A live photo, a frame of the running take, or a file that the system camera handed over. */
export const PHOTO_SOURCES = /** @type {const} */ (['camera', 'still', 'input']);
export const VERDICTS = /** @type {const} */ (['passed', 'hold', 'rejected']);
export const DEFECT_CLASSES = /** @type {const} */ (['critical', 'major', 'minor']);
/** Inspection levels of ISO 2859-1, in the order of its table 1. */
export const LEVELS = /** @type {const} */ (['S-1', 'S-2', 'S-3', 'S-4', 'I', 'II', 'III']);
/** What a receiver can state at the table; the claim types of domain.md 4.2 that begin there. */
export const DISCREPANCIES = /** @type {const} */ ([
  'short_count',
  'surplus',
  'damaged',
  'wrong_item',
  'wrong_parcel',
  'missing_items',
  'not_as_described',
  'functional_defect',
  'size_mismatch',
  'style_mismatch',
  'wrong_weight',
]);
export const DELIVERY = /** @type {const} */ (['accepted', 'annotated', 'refused']);

/** Parcels in one hand-over to a carrier; what is more goes into the next one. */
export const MOST_HANDED_OVER = 400;

/** @param {readonly string[]} words */
const oneOf = (words) => `(?:${words.join('|')})`;
/** @param {string} shape */
const noneOr = (shape) => `(?:${shape}|-)`;

/** @type {[string, string][]} */
const IN_TAKE = [
  ['take', noneOr(ID)],
  ['at', noneOr(N)],
];

/**
 * Value keys and their shapes by kind; a kind that is not here has no keys of its own or is read by record.js itself.
 * @type {Readonly<Record<string, [string, string][]>>}
 */
const KEYS = {
  arrival: [],
  'take-open': [],
  take: [],
  bind: [],
  photo: [
    ['source', oneOf(PHOTO_SOURCES)],
    ['line', noneOr(ID)],
    ...IN_TAKE,
    ['about', noneOr(ID)],
    ['also', noneOr('EV-\\d{2}p?(?: EV-\\d{2}p?){0,4}')],
  ],
  condition: [
    ['outer', oneOf(OUTER)],
    ['tape', oneOf(TAPE)],
  ],
  weighing: [
    ['grams', ONE_UP],
    ['shown', '(?:0|[1-9]\\d{0,6})(?:[.]\\d{1,3})?'],
    ['unit', oneOf(WEIGHT_UNITS)],
    ['target', oneOf(WEIGHED)],
    ['opened', '(?:no|yes)'],
  ],
  opening: IN_TAKE,
  estimate: [
    ['line', ID],
    ['method', '(?:pack|weight)'],
    ['units', N],
    ['packs', noneOr(ONE_UP)],
    ['grams', noneOr(ONE_UP)],
    ['take', noneOr(ID)],
  ],
  delivery: [
    ['courier', '(?:present|absent)'],
    ['outcome', oneOf(DELIVERY)],
    ['reason', noneOr(CODE)],
  ],
  slip: [
    ['courier', noneOr(CODE)],
    ['listed', N],
    ['scanned', N],
  ],
  skip: [
    ['step', CODE],
    ['reason', CODE],
  ],
  draw: [
    ['line', ID],
    ['tranche', ONE_UP],
    ['lot', ONE_UP],
    ['plan', '(?:fix|aql)'],
    ['level', noneOr(oneOf(LEVELS))],
    ['aql', noneOr('\\d[.]\\d{1,2}')],
    ['n', ONE_UP],
    ['take', ID],
    ['redraw', N],
    ['reason', noneOr(CODE)],
  ],
  defect: [
    ['line', ID],
    ['draw', noneOr(ID)],
    ['unit', noneOr(ONE_UP)],
    ['class', oneOf(DEFECT_CLASSES)],
    ['code', CODE],
    ['quantity', ONE_UP],
  ],
  inspection: [
    ['draw', ID],
    ['inspected', N],
    ['defective', `${N} ${N} ${N}`],
  ],
  verdict: [
    ['line', noneOr(ID)],
    ['tranche', noneOr(ONE_UP)],
    ['verdict', oneOf(VERDICTS)],
    ['reason', noneOr(CODE)],
    ['draw', noneOr(ID)],
  ],
  measurement: [
    ['line', noneOr(ID)],
    ['attribute', CODE],
    ['listed', ONE_UP],
    ['measured', N],
    ['unit', oneOf([...LENGTH_UNITS, 'g', 'kg'])],
    ['take', noneOr(ID)],
  ],
  discrepancy: [
    ['type', oneOf(DISCREPANCIES)],
    ['line', noneOr(ID)],
    ['units', noneOr(N)],
  ],
  'item-id': [
    ['line', noneOr(ID)],
    ['about', noneOr(ID)],
    ['text', SPELLING],
  ],
  segment: [
    ['of', ID],
    ['next', ID],
  ],
  unidentified: [['alias', SPELLING]],
  handover: [
    ['carrier', SPELLING],
    ['contract', noneOr(ID)],
    ['seals', noneOr(SPELLING)],
    ['ago', '(?:0|[1-9]\\d{0,4})'],
    ['parcels', `${ID}(?: ${ID}){0,${MOST_HANDED_OVER - 1}}`],
  ],
  withdrawal: [['reason', CODE]],
};

/** @type {ReadonlyMap<string, ReadonlyMap<string, RegExp>>} */
export const KIND_SHAPES = new Map(
  Object.entries(KEYS).map(([kind, keys]) => [kind, new Map(keys.map(([key, shape]) => [key, new RegExp(`^(?:${shape})$`)]))]),
);

/** Kinds whose record names the slot that it fills. */
export const SLOT_KINDS = new Set(['photo']);
/** Kinds that say nothing without the record that they supersede. */
export const SUPERSEDING_KINDS = new Set(['withdrawal']);
/** Kinds with one file and no chunks. */
export const PHOTO_KINDS = new Set(['photo']);
