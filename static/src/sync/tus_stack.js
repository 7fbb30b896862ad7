/**
 * How tus-js-client talks here: each request signed, each PATCH with the SHA-256 of its body (4.3 has no checksum code of
 * its own), ArrayBuffers instead of Blobs, and no second upload because a server had a bad moment.
 */
import { base64 } from '../core/base64.js';
import { fromHex, sha256Hex } from '../core/hash.js';
import { ApiError, Offline } from './errors.js';
import { signedAnswer } from './api.js';

/** What the source hands over as one PATCH; tus reads `size`. @typedef {{size: number, bytes: Uint8Array}} Piece */

/** A PATCH is about 10 s of line; ten times that is a dead line. */
const PATCH_PATIENCE_MS = 100_000;

/** @implements {Pick<import('tus-js-client').HttpRequest, 'send' | 'abort'>} */
class SignedRequest {
  /** @type {Record<string, string>} */
  #headers = {};
  #control = new AbortController();
  /** @type {(bytesSent: number) => void} */
  #progress = () => undefined;

  /** @param {string} method @param {string} url */
  constructor(method, url) {
    this.method = method;
    this.url = url;
  }

  getMethod() {
    return this.method;
  }

  getURL() {
    return this.url;
  }

  /** @param {string} name @param {string} value */
  setHeader(name, value) {
    this.#headers[name] = value;
  }

  /** @param {string} name */
  getHeader(name) {
    return this.#headers[name];
  }

  /** @param {(bytesSent: number) => void} handler */
  setProgressHandler(handler) {
    this.#progress = handler;
  }

  /** @param {Piece | null} [piece] */
  async send(piece) {
    // A PATCH without a body has no Content-Length in a browser; the one that only tells the length needs its 0.
    const bytes = piece?.bytes ?? (this.method === 'PATCH' ? new Uint8Array(0) : null);
    const digest = bytes?.length ? sha256Hex(bytes) : undefined;
    const checksum = digest ? { 'Upload-Checksum': `sha256 ${base64(fromHex(digest))}` } : {};
    const answer = await signedAnswer(this.method, pathOf(this.url), {
      body: bytes,
      ...(digest && { digest }),
      headers: { ...this.#headers, .../** @type {Record<string, string>} */ (checksum) },
      signal: this.#control.signal,
      patienceMs: PATCH_PATIENCE_MS,
    });
    if (bytes && answer.status < 300) this.#progress(bytes.length);
    return new Response(refuseHard(this.method, answer));
  }

  async abort() {
    this.#control.abort();
  }

  getUnderlyingObject() {
    return null;
  }
}

class Response {
  /** @param {import('./api.js').Answer} answer */
  constructor(answer) {
    this.answer = answer;
  }

  getStatus() {
    return this.answer.status;
  }

  /** @param {string} name */
  getHeader(name) {
    return this.answer.headers.get(name) ?? undefined;
  }

  getBody() {
    return new TextDecoder().decode(this.answer.bytes);
  }

  getUnderlyingObject() {
    return this.answer;
  }
}

/**
 * To a HEAD that is not 2xx tus-js-client answers with a new upload; that is right only when the old one is gone.
 * @param {string} method
 * @param {import('./api.js').Answer} answer
 * @returns {import('./api.js').Answer}
 */
function refuseHard(method, answer) {
  const { status, json } = answer;
  if (status < 300 || (method === 'HEAD' && (status === 404 || status === 410))) return answer;
  if (typeof json?.error?.code === 'string') throw new ApiError(status, json.error.code, String(json.error.message ?? ''));
  // A HEAD has no body, and tus answers 409 and 460 without one: the status alone speaks.
  if (status === 409 || status === 460 || (status >= 400 && status < 500)) throw new ApiError(status, `http_${status}`, '');
  throw new Offline(`status ${status}`);
}

/** @param {string} url @returns {string} path with query, as sent */
function pathOf(url) {
  const { pathname, search } = new URL(url, globalThis.location?.href ?? 'http://localhost/');
  return pathname + search;
}

/** @type {import('tus-js-client').HttpStack} */
export const signedStack = {
  createRequest: (method, url) => new SignedRequest(method, url),
  getName: () => 'dockproof-signed',
};
