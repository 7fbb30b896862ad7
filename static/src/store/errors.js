/** What storage may refuse; `code` names the word for people (`error.<code>`). */

/** No room left on this phone. */
export class StorageFull extends Error {
  /** @param {unknown} [cause] */
  constructor(cause) {
    super('no room left on this device');
    this.name = 'StorageFull';
    this.code = 'storage_full';
    this.cause = cause;
  }
}

/** What this phone kept was deleted while the app ran: nothing more can be kept under the enrolment that went with it. */
export class StorageLost extends Error {
  /** @param {unknown} [cause] */
  constructor(cause) {
    super('what was stored here is gone');
    this.name = 'StorageLost';
    this.code = 'storage_lost';
    this.cause = cause;
  }
}

/** Another tab is recording: two writers on one take would corrupt it. */
export class RecorderBusy extends Error {
  constructor() {
    super('another tab is recording');
    this.name = 'RecorderBusy';
    this.code = 'recorder_busy';
  }
}

/** The take has its closing record already. */
export class TakeSealed extends Error {
  /** @param {string} takeId */
  constructor(takeId) {
    super(`take ${takeId} is sealed`);
    this.name = 'TakeSealed';
    this.code = 'take_sealed';
  }
}

/** Bytes that should be there cannot be read now: another tab is writing them; or they are gone for good. */
export class BytesUnreadable extends Error {
  /** @param {string} message @param {boolean} [gone] there is no such file any more */
  constructor(message, gone = false) {
    super(message);
    this.name = 'BytesUnreadable';
    this.code = 'bytes_unreadable';
    this.gone = gone;
  }
}

/**
 * Browsers name a full disk in several ways, and IndexedDB only in the aborted transaction's own error.
 * @param {unknown} error
 * @returns {unknown} a `StorageFull`, or the error itself
 */
export function asStorageError(error) {
  const name = /** @type {{name?: string} | null} */ (error)?.name ?? '';
  return /^(QuotaExceededError|NS_ERROR_DOM_QUOTA_REACHED)$/.test(name) ? new StorageFull(error) : error;
}
