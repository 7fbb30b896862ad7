/**
 * Closed lists that records draw their codes from; the same as webapp/domain/defects.py (tests/vectors/defects.json
 * stands behind both). Data only. Words: `defect.<code>`, `verdict_reason.<code>`, `redraw_reason.<code>`.
 */

/**
 * A defect's code and the class that is proposed for it (the inspector may say another), in the order in which they are
 * offered. `other` needs words or a photo of its own. `wrong-colour` is "completely different" (S0-28).
 * @type {ReadonlyMap<string, 'critical' | 'major' | 'minor'>}
 */
export const DEFECTS = new Map([
  ['sharp-edge', 'critical'],
  ['electric-hazard', 'critical'],
  ['foreign-object', 'critical'],
  ['mould', 'critical'],
  ['expired', 'critical'],
  ['forbidden-mark', 'critical'],
  ['does-not-work', 'major'],
  ['broken', 'major'],
  ['crack', 'major'],
  ['deformed', 'major'],
  ['part-missing', 'major'],
  ['wrong-colour', 'major'],
  ['wrong-material', 'major'],
  ['wrong-size', 'major'],
  ['wrong-style', 'major'],
  ['wrong-model', 'major'],
  ['wrong-logo', 'major'],
  ['wrong-plug', 'major'],
  ['open-seam', 'major'],
  ['hole-or-tear', 'major'],
  ['stain', 'major'],
  ['wet', 'major'],
  ['rust', 'major'],
  ['smell', 'major'],
  ['used', 'major'],
  ['other', 'major'],
  ['scratch', 'minor'],
  ['dirt', 'minor'],
  ['loose-thread', 'minor'],
  ['shade-differs', 'minor'],
  ['print-flaw', 'minor'],
  ['label-missing', 'minor'],
  ['pack-damaged', 'minor'],
]);

/** Verdict to the reasons that may stand behind it. @type {ReadonlyMap<string, readonly string[]>} */
export const VERDICT_REASONS = new Map([
  ['passed', ['sample-accepted', 'every-unit-checked', 'sorted-out', 'importer-waived']],
  ['hold', ['sample-unfinished', 'importer-decides', 'supplier-asked', 'count-differs', 'papers-missing']],
  ['rejected', ['limit-exceeded', 'critical-defect', 'not-as-listed', 'wrong-item', 'damaged', 'incomplete']],
]);

/** Why the same tranche is drawn again; the first draw stays on record. */
export const REDRAW_REASONS = Object.freeze([
  'unit-not-reachable',
  'sealed-retail-pack',
  'units-mixed-up',
  'lot-recounted',
  'importer-asked',
]);
