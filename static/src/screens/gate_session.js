/** One gate-in: which parcels were scanned in, which codes nobody knew. Kept, so that a reload goes on with it. */

import { parseLabel } from '../core/label.js';
import { wall } from '../device/clock.js';
import { heldBefore, heldKey } from '../store/held.js';
import { factsOfParcel } from '../store/parcel_records.js';
import { getSetting, putSetting } from '../store/settings.js';
import { findByScan, parcelView } from '../store/snapshot.js';
import { arrivalAt } from '../store/worklists.js';
import { arrivalDraft } from './count_drafts.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { NO_PARCEL, slipDraft, takeBackDraft } from './receiving_drafts.js';
import { holdParcel } from './hold_parcel.js';

/** @typedef {import('../store/settings.js').GateSession} Kept */
/** @typedef {import('../store/snapshot.js').ParcelView} ParcelView */
/** @typedef {import('./viewfinder.js').Shot} Shot */
/**
 * What a scan was. `again`: in this gate-in already; `before`: received earlier, `atMs` by the server's clock.
 * @typedef {{ kind: 'new' | 'again', view: ParcelView } | { kind: 'before', view: ParcelView, atMs: number }
 *   | { kind: 'unknown' | 'unknown_again' | 'misread', text: string }} Scanned
 */

export class GateSession {
  constructor() {
    /** @type {Kept} */
    this.kept = { startedMs: wall(), scans: [], unknown: [] };
    /** Of the parcels scanned in. @type {Map<string, ParcelView>} */
    this.views = new Map();
    /** The slip that was compared before; a second comparison replaces it. @type {string | null} */
    this.slip = null;
    /** @private one scan after the other: a wedge is faster than a disk */
    this.queue = Promise.resolve(/** @type {unknown} */ (null));
  }

  /** @returns {Promise<void>} */
  async load() {
    await this.read();
    for (const { parcel } of this.kept.scans) {
      const view = await parcelView(parcel);
      if (view) this.views.set(parcel, view);
    }
  }

  /** @protected */
  async read() {
    this.kept = (await getSetting('gate')) ?? this.kept;
  }

  /** Parcels that were carried in: known ones and held ones. */
  get scanned() {
    return this.kept.scans.length + this.kept.unknown.filter(({ held }) => held).length;
  }

  /**
   * @param {string} text
   * @param {(parcels: import('../store/snapshot.js').Parcel[]) => Promise<string | null>} choose among parcels of one number
   * @returns {Promise<Scanned | null>} null: nobody chose
   */
  scan(text, choose) {
    const done = this.queue.then(() => this.one(text, choose));
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** @private @param {string} text @param {Parameters<GateSession['scan']>[1]} choose @returns {Promise<Scanned | null>} */
  async one(text, choose) {
    const found = await findByScan(text);
    if (found.kind !== 'parcel') return this.strange(text);
    const id = found.others.length > 0 ? await choose([found.parcel, ...found.others]) : found.parcel.id;
    const view = id ? await parcelView(id) : null;
    if (!id || !view) return null;
    if (this.kept.scans.some(({ parcel }) => parcel === id)) return { kind: 'again', view };
    const atMs = await this.before(view);
    if (atMs !== null) return { kind: 'before', view, atMs };
    const arrival = await this.record(view);
    this.views.set(id, view);
    await this.keep({ scans: [...this.kept.scans, { parcel: id, arrival }] });
    return { kind: 'new', view };
  }

  /** @protected @param {ParcelView} view @returns {Promise<number | null>} when it was received already */
  async before({ parcel }) {
    return arrivalAt(await factsOfParcel(parcel.id));
  }

  /** @protected @param {ParcelView} view @returns {Promise<string | null>} the record that the scan wrote */
  async record({ parcel }) {
    const refs = { parcel: parcel.id, orders: parcel.orders, label: parcel.labels.at(-1) ?? null, lines: [] };
    return (await keepRecord(arrivalDraft(refs, nowSpan()))).id;
  }

  /** @protected @param {string} text @returns {Promise<Scanned>} */
  async strange(text) {
    const key = heldKey(text);
    if (!key || this.kept.unknown.some((one) => heldKey(one.text) === key)) return { kind: 'unknown_again', text };
    const held = (await heldBefore(text, wall()))?.id ?? null;
    await this.keep({ unknown: [...this.kept.unknown, { text, held, photo: held !== null }] });
    // It may be misread, or a stranger's code of the same length.
    return { kind: parseLabel(text).problem === 'check_character' ? 'misread' : 'unknown', text };
  }

  /**
   * @param {string} text of `unknown`
   * @param {Shot | null} shot null: no camera; its picture is still to be taken
   */
  async hold(text, shot) {
    const held = await holdParcel(text, shot);
    const unknown = this.kept.unknown.map((one) => (one.text === text ? { ...one, held, photo: one.photo || shot !== null } : one));
    await this.keep({ unknown });
  }

  /** Takes the last receipt back; both records stay. @returns {Promise<ParcelView | null>} of which parcel; null: there is none */
  async undo() {
    const last = this.kept.scans.at(-1);
    if (!last?.arrival) return null;
    const view = this.views.get(last.parcel) ?? (await parcelView(last.parcel));
    const refs = { parcel: last.parcel, orders: view?.parcel.orders ?? [], label: view?.parcel.labels.at(-1) ?? null };
    await keepRecord(takeBackDraft(refs, nowSpan(), { record: last.arrival, reason: 'scanned-by-mistake' }));
    await this.keep({ scans: this.kept.scans.slice(0, -1) });
    return view;
  }

  /**
   * The comparison with the courier's slip, and its picture (EV-23).
   * @param {{ courier: string | null, listed: number }} said
   * @param {Shot | null} shot
   */
  async compare({ courier, listed }, shot) {
    const draft = slipDraft(nowSpan(), { courier, listed, scanned: this.scanned }, this.slip);
    this.slip = (await keepRecord(draft)).id;
    if (shot) await keepPhoto({ refs: NO_PARCEL, slot: 'EV-23', about: this.slip, ...shot });
  }

  /** The next gate-in starts anew. */
  async end() {
    await putSetting('gate', null);
  }

  /** @protected @param {Partial<Kept>} change */
  async keep(change) {
    this.kept = { ...this.kept, ...change };
    await putSetting('gate', this.kept);
  }
}
