/**
 * Requests to `/api/v1`, signed by the device. No cookie, no clock of the phone. "Online" means that the server's own
 * body said so, never `navigator.onLine`.
 */
import { sha256Hex } from '../core/hash.js';
import { isBetterOffset, measureOffset } from '../core/receipt_time.js';
import { mono, wall } from '../device/clock.js';
import { getSetting, putSetting } from '../store/settings.js';
import { ApiError, Offline } from './errors.js';
import { authorization, signers } from './signing.js';

export const BASE = '/api/v1';

/** A request without an answer for this long counts as lost (a PATCH of slices has its own limit). */
const PATIENCE_MS = 60_000;

/**
 * What `fetch` gives, already read. `json` is null for a body that is none.
 * @typedef {{status: number, headers: Headers, bytes: ArrayBuffer, json: any}} Answer
 */
/**
 * @typedef {{json?: unknown, body?: Uint8Array | ArrayBuffer | null, headers?: Record<string, string>,
 *   digest?: string, signal?: AbortSignal, patienceMs?: number, onlyNewKey?: boolean}} RequestOptions `digest`: hex SHA-256
 *   of `body` if known; `onlyNewKey`: not under the key that is on its way out
 */

/** @type {(input: string, init: RequestInit) => Promise<Response>} */
let fetchNow = (input, init) => globalThis.fetch(input, init);

/** Another way to the server (tests). @param {(input: string, init: RequestInit) => Promise<Response>} fetch */
export function useFetch(fetch) {
  fetchNow = fetch;
}

/**
 * Sends without signing.
 * @param {string} method
 * @param {string} path whole path with query
 * @param {RequestOptions} [options]
 * @returns {Promise<Answer>}
 * @throws {Offline}
 */
export async function plainFetch(method, path, { json, body = null, headers = {}, signal, patienceMs } = {}) {
  const content = json === undefined ? body : new TextEncoder().encode(JSON.stringify(json));
  const type = typeOf(json);
  const language = await getSetting('language');
  const stop = stopper(patienceMs ?? PATIENCE_MS, signal);
  const started = mono();
  try {
    const response = await fetchNow(path, {
      method,
      headers: { ...(language && { 'Accept-Language': language.replace('_', '-') }), ...type, ...headers },
      body: /** @type {BodyInit | null} */ (content),
      signal: stop.signal,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
    });
    const bytes = await response.arrayBuffer();
    const answer = { status: response.status, headers: response.headers, bytes, json: readJson(response, bytes) };
    await noteServerTime(answer.json, mono() - started);
    return answer;
  } catch (error) {
    throw new Offline(error);
  } finally {
    stop.done();
  }
}

/** @param {unknown} json @returns {Record<string, string>} */
const typeOf = (json) => (json === undefined ? {} : { 'Content-Type': 'application/json' });

/**
 * @param {number} patienceMs
 * @param {AbortSignal} [outer]
 */
function stopper(patienceMs, outer) {
  const control = new AbortController();
  const give = () => control.abort();
  const timer = setTimeout(give, patienceMs);
  if (outer?.aborted) give();
  outer?.addEventListener('abort', give);
  const done = () => {
    clearTimeout(timer);
    outer?.removeEventListener('abort', give);
  };
  return { signal: control.signal, done };
}

/** @param {Response} response @param {ArrayBuffer} bytes @returns {any} */
function readJson(response, bytes) {
  if (!/^application\/(\w+\+)?json\b/.test(response.headers.get('Content-Type') ?? '')) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/**
 * Keeps how far the device's clock is off, whenever the server tells its time.
 * @param {any} json
 * @param {number} roundTripMs
 */
async function noteServerTime(json, roundTripMs) {
  const serverMs = json?.server_time_ms;
  if (!Number.isSafeInteger(serverMs)) return;
  const now = wall();
  const fresh = measureOffset(serverMs, now, roundTripMs);
  if (isBetterOffset(await getSetting('offset'), fresh, now)) await putSetting('offset', { ...fresh, at: now });
}

/**
 * A signed request. While a change of the key waits for its answer, the server may know either key: the other is tried.
 * @param {string} method
 * @param {string} path below `/api/v1`, or a whole path that starts with it; with query
 * @param {RequestOptions} [options]
 * @returns {Promise<Answer>} whatever the status is, as long as it is the server's own answer
 * @throws {Offline | import('./errors.js').NotEnrolled}
 */
export async function signedAnswer(method, path, options = {}) {
  const [newest, former] = await signers();
  const answer = await answerTo(newest, method, path, options);
  const unknown = answer.status === 401 && (method === 'HEAD' || answer.json?.error?.code === 'authorization_wrong');
  return unknown && former && !options.onlyNewKey ? answerTo(former, method, path, options) : answer;
}

/**
 * A stale session is renewed with what the refusal brought, once.
 * @param {{device: string, sign: import('./signing.js').Sign}} who
 * @param {string} method
 * @param {string} path
 * @param {RequestOptions} options
 * @returns {Promise<Answer>}
 */
async function answerTo(who, method, path, options) {
  const whole = path.startsWith(`${BASE}/`) ? path : BASE + path;
  const { json, ...rest } = options;
  const body = json === undefined ? asBytes(options.body) : new TextEncoder().encode(JSON.stringify(json));
  const digest = body?.length ? (options.digest ?? sha256Hex(body)) : '-';
  const type = typeOf(json);
  let session = (await getSetting('session')) ?? (await newSession());
  for (let renewed = false; ; renewed = true) {
    const line = await authorization({ method, path: whole, session, body: digest }, who);
    const headers = { ...type, ...rest.headers, Authorization: line };
    const answer = await plainFetch(method, whole, { ...rest, body, headers });
    if (renewed || !saysStale(method, answer)) return answer;
    session = answer.json?.session ? await keepSession(answer.json.session) : await newSession();
  }
}

/** The answer to a HEAD has no body to say why. @param {string} method @param {Answer} answer @returns {boolean} */
function saysStale(method, { status, json }) {
  return status === 401 && (method === 'HEAD' || json?.error?.code === 'session_stale');
}

/** @param {Uint8Array | ArrayBuffer | null | undefined} body @returns {Uint8Array | null} */
function asBytes(body) {
  if (!body) return null;
  return body instanceof Uint8Array ? body : new Uint8Array(body);
}

/** @returns {Promise<string>} */
async function newSession() {
  const { session } = mustBeJson(mustBeOk(await plainFetch('POST', `${BASE}/sessions`)));
  return keepSession(session);
}

/** @param {unknown} session @returns {Promise<string>} */
async function keepSession(session) {
  // It becomes part of a signed line: nothing but one word may stand in it.
  if (typeof session !== 'string' || !/^[\x21-\x2b\x2d-\x7e]{1,500}$/.test(session)) throw new Offline('no session');
  await putSetting('session', session);
  return session;
}

/**
 * A signed request that must succeed.
 * @param {string} method
 * @param {string} path
 * @param {RequestOptions} [options]
 * @returns {Promise<Answer>} a 2xx; `json` as the contract says, or null for bytes
 * @throws {Offline | ApiError | import('./errors.js').NotEnrolled}
 */
export async function signedFetch(method, path, options) {
  return mustBeOk(await signedAnswer(method, path, options));
}

/**
 * @param {Answer} answer
 * @returns {Answer}
 * @throws {Offline | ApiError}
 */
export function mustBeOk(answer) {
  const { status, json } = answer;
  const refusal = json?.error;
  if (typeof refusal?.code === 'string') throw new ApiError(status, refusal.code, String(refusal.message ?? ''));
  if (status < 200 || status > 299) throw new Offline(`status ${status} without our error body`, status);
  return answer;
}

/**
 * @param {Answer} answer
 * @returns {any} its JSON
 * @throws {Offline} a 2xx that is not ours: a sign-in page of the network
 */
export function mustBeJson({ json }) {
  if (json === null || typeof json !== 'object') throw new Offline('a body that is not ours');
  return json;
}
