/** One hand-over to international freight: which parcels go, under which seals. Kept, so that a reload goes on with it. */

import { MOST_HANDED_OVER } from '../core/record_kinds.js';
import { stickerKey } from '../core/sticker.js';
import { wall } from '../device/clock.js';
import { handedOverAt } from '../store/handed_over.js';
import { getSetting, putSetting } from '../store/settings.js';
import { readHead } from '../store/snapshot_rows.js';
import { GateSession } from './gate_session.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { NO_PARCEL, handoverDraft, takeBackDraft } from './receiving_drafts.js';

/** @typedef {import('../store/settings.js').FreightSession} Kept */
/** @typedef {import('../store/snapshot.js').Contract} Contract */
/** @typedef {import('../store/snapshot.js').ParcelView} ParcelView */
/** @typedef {import('./viewfinder.js').Shot} Shot */

/** A record carries 200 characters of seals. */
const MOST_SEALS = 10;
const LONGEST_SEAL = 18;

export class FreightSession extends GateSession {
  constructor() {
    super();
    /** @type {Kept} */
    this.kept = { startedMs: wall(), scans: [], unknown: [], seals: [], carrier: '', contract: null };
    /** Everybody's whose goods come here. @type {Contract[]} */
    this.contracts = [];
  }

  /** @protected */
  async read() {
    this.kept = (await getSetting('freight')) ?? this.kept;
    await this.readContracts();
  }

  /** Again when the form opens: the snapshot may have come while parcels were scanned. */
  async readContracts() {
    this.contracts = (await readHead())?.contracts ?? [];
  }

  /** Contracts of the customers whose parcels were scanned. */
  get offered() {
    const customers = new Set([...this.views.values()].map(({ customerCode }) => customerCode));
    return this.contracts.filter(({ customer_code: code }) => customers.has(code));
  }

  get full() {
    return this.kept.scans.length >= MOST_HANDED_OVER;
  }

  /** @protected @param {ParcelView} view */
  async before({ parcel }) {
    return handedOverAt(parcel);
  }

  /** Scanning says nothing yet: the whole lorry is one record. @protected @returns {Promise<string | null>} */
  async record() {
    return null;
  }

  /** Leaves the parcel that was scanned last out again. */
  async undo() {
    const last = this.kept.scans.at(-1);
    if (!last) return null;
    const view = this.views.get(last.parcel) ?? null;
    this.views.delete(last.parcel);
    await this.keep({ scans: this.kept.scans.slice(0, -1) });
    return view;
  }

  /**
   * @param {string} text scanned or typed
   * @returns {Promise<boolean>} false: it cannot be one, or there are too many
   */
  async addSeal(text) {
    const seal = text.normalize('NFKC').replace(/[\s,]+/gu, ' ').trim().toUpperCase();
    const again = this.kept.seals.some((one) => stickerKey(one) === stickerKey(seal));
    if (!stickerKey(seal) || [...seal].length > LONGEST_SEAL) return false;
    if (!again && this.kept.seals.length >= MOST_SEALS) return false;
    const unknown = this.kept.unknown.filter((one) => one.text !== text);
    await this.keep({ unknown, seals: again ? this.kept.seals : [...this.kept.seals, seal] });
    return true;
  }

  /** @param {string} seal */
  async removeSeal(seal) {
    await this.keep({ seals: this.kept.seals.filter((one) => one !== seal) });
  }

  /** A code that was no parcel and no seal. @param {string} text */
  async forget(text) {
    await this.keep({ unknown: this.kept.unknown.filter((one) => one.text !== text) });
  }

  /** @param {{ carrier?: string, contract?: string | null }} said */
  async say(said) {
    await this.keep(said);
  }

  /**
   * Signs the hand-over, and the picture of the slip; the next one starts anew.
   * @param {{ agoMs: number }} when it left, before now
   * @param {Shot | null} shot of the freight slip
   * @returns {Promise<string>} the record's id
   */
  async handOver({ agoMs }, shot) {
    const { carrier, contract, seals, scans } = this.kept;
    const known = this.offered.some(({ id }) => id === contract) ? contract : null;
    const parcels = scans.map(({ parcel }) => parcel);
    const draft = handoverDraft(nowSpan(), { carrier: carrier.trim(), contract: known, seals, agoMs, parcels });
    const { id } = await keepRecord(draft);
    await this.end();
    if (shot) await keepPhoto({ refs: NO_PARCEL, slot: 'EV-23', about: id, ...shot });
    return id;
  }

  /** Both records stay. @param {string} record id of the hand-over */
  async takeBack(record) {
    await keepRecord(takeBackDraft(NO_PARCEL, nowSpan(), { record, reason: 'scanned-by-mistake' }));
  }

  async end() {
    await putSetting('freight', null);
  }

  /** @protected @param {Partial<Kept>} change */
  async keep(change) {
    this.kept = { ...this.kept, ...change };
    await putSetting('freight', this.kept);
  }
}
