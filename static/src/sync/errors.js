/** How a request may fail. */

/**
 * The server did not answer, or something else did (a hotel's sign-in page, a proxy's error). It has no `code`: the words
 * for it are the screen's own.
 */
export class Offline extends Error {
  /**
   * @param {unknown} [cause]
   * @param {number} [status] of whatever answered in the server's place
   */
  constructor(cause, status = 0) {
    super('the server was not reached');
    this.name = 'Offline';
    this.cause = cause;
    this.status = status;
  }
}

/** The server's refusal: `code` and a sentence in the person's language. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/** This phone is not enrolled: it has no key or no device id. */
export class NotEnrolled extends Error {
  constructor() {
    super('this device is not enrolled');
    this.name = 'NotEnrolled';
    this.code = 'not_enrolled';
  }
}
