/** A server for the phone's tests, step by step: it checks every signature and digest, and fails only when told to. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { loadKey } from '../../static/src/store/keys.js';
import { exportSpki } from '../../static/src/device/keys.js';
import { useFetch } from '../../static/src/sync/api.js';

const sha = (/** @type {Uint8Array | string} */ data) => createHash('sha256').update(data).digest('hex');

/** @typedef {{method: string, path: string, headers: Headers, body: Buffer}} Seen */
/** Answers a request instead of the server; `undefined`: the server answers after all. @typedef {(seen: Seen) => Response | undefined | Promise<Response | undefined>} Step */

/** @param {unknown} json @param {number} [status] @param {Record<string, string>} [headers] */
export function answer(json, status = 200, headers = {}) {
  const body = json === null ? null : JSON.stringify(json);
  return new Response(body, { status, headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers } });
}

/** @param {number} status @param {string} code */
export const refusal = (status, code, more = {}) => answer({ error: { code, message: `words for ${code}` }, ...more }, status);

/** @returns {Promise<Buffer>} the phone's own key, SPKI DER */
export async function keyHere() {
  const pair = await loadKey();
  if (!pair) throw new Error('no key');
  return Buffer.from(await exportSpki(pair.publicKey));
}

export class Dock {
  /** @type {Seen[]} */
  seen = [];
  /** What comes before the server's own answers, one step a request. @type {Step[]} */
  steps = [];
  session = 's1';
  /** @type {Map<string, any>} accepted records by hash */
  records = new Map();
  /** @type {Map<string, {data: Buffer, length: number | null, record: string}>} */
  uploads = new Map();
  /** Which records are malformed. @type {(text: string) => boolean} */
  refuses = () => false;
  /** Whether the desk has blocked the phone: what it sends goes into quarantine. */
  blocked = false;
  /** Whether the desk has brought in the bytes from the phone's own file. */
  brought = false;
  /** Whether a blocked phone's bytes are refused, as the server does. */
  shut = false;
  /** The phone's key as the server has it; null: whichever the phone holds. @type {Buffer | null} */
  spki = null;
  serverTime = () => Date.now();
  /** @type {Record<string, (seen: Seen) => any>} */
  calls = {};

  constructor() {
    useFetch((input, init) => this.fetch(input, init));
  }

  /** @param {string} path @param {RequestInit} init */
  async fetch(path, init) {
    const body = init.body ? Buffer.from(/** @type {Uint8Array} */ (init.body)) : Buffer.alloc(0);
    const seen = { method: init.method ?? 'GET', path, headers: new Headers(init.headers), body };
    this.seen.push(seen);
    if (seen.method === 'PATCH' && !init.body) return refusal(411, 'length_required'); // what a browser would send
    const step = this.steps.shift();
    const instead = step && (await step(seen));
    if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError');
    return instead ?? (await this.#serve(seen));
  }

  /** @param {string} name @returns {Seen[]} requests whose path ends so */
  asked(name) {
    return this.seen.filter(({ path }) => path.endsWith(name));
  }

  /** @param {Seen} seen */
  async #serve(seen) {
    const { method, path } = seen;
    if (path === '/api/v1/sessions') return answer({ session: this.session, server_time_ms: this.serverTime(), expires_in_s: 86400 });
    const refused = await this.#check(seen);
    if (refused) return method === 'HEAD' ? new Response(null, { status: refused.status }) : refused;
    if (path === '/api/v1/records') return this.#receive(seen);
    if (path.startsWith('/api/v1/files')) return this.#tus(seen);
    const asked = `${method} ${path.slice('/api/v1'.length)}`;
    const call = this.calls[asked] ?? this.calls[asked.replace(/\?.*/, '')];
    return call ? answer({ server_time_ms: this.serverTime(), ...call(seen) }) : refusal(404, 'not_found');
  }

  /** @param {Seen} seen @returns {Promise<Response | null>} */
  async #check({ method, path, headers, body }) {
    const match = /^Dockproof device=([0-9a-f]{32}),session=([^,]+),body=([0-9a-f]{64}|-),sig=([\w-]{86})$/.exec(headers.get('Authorization') ?? '');
    if (!match) return refusal(401, 'authorization_missing');
    const [, , session, digest, sig] = match;
    const key = createPublicKey({ key: this.spki ?? (await keyHere()), format: 'der', type: 'spki' });
    const text = `dockproof-request-1\n${method}\n${path}\n${session}\n${digest}\n`;
    const signature = Buffer.from(sig, 'base64url');
    if (!verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature)) return refusal(401, 'authorization_wrong');
    if (session !== this.session) return refusal(401, 'session_stale', { session: this.session, server_time_ms: this.serverTime() });
    if (digest !== (body.length ? sha(body) : '-')) return refusal(400, 'body_hash_wrong');
    return null;
  }

  /** @param {Seen} seen */
  #receive({ body }) {
    const receipts = JSON.parse(body.toString()).records.map((/** @type {any} */ { text }) => {
      const record = `sha256:${sha(text)}`;
      const id = /^id (.*)$/m.exec(text)?.[1] ?? null;
      if (this.refuses(text)) return { id, state: 'malformed', record, error: { code: 'record_malformed', message: '' } };
      if (this.blocked) return { id, state: 'quarantined', record, entry: null, findings: [], file: null };
      const entry = this.records.get(record)?.entry ?? this.records.size + 1;
      this.records.set(record, { text, entry });
      return { id, state: 'accepted', record, entry, received: '2026-11-21T06:00:00.000Z', findings: [], file: this.#file(text) };
    });
    return answer({ receipts, server_time_ms: this.serverTime() });
  }

  /** @param {string} text */
  #file(text) {
    const match = /^file sha256:(\S+) (\d+)/m.exec(text);
    if (!match) return null;
    // A take's bytes come under its take-open record, a photo's under its own.
    const promised = (/^opens (.*)$/m.exec(text) ?? /^id (.*)$/m.exec(text))?.[1];
    const upload = [...this.uploads.values()].reverse().find(({ record }) => record === promised);
    const told = { sha256: match[1], bytes: Number(match[2]) };
    if (this.brought) return { ...told, state: 'verified' };
    if (!upload) return { ...told, state: 'missing' };
    if (upload.data.length !== upload.length) return { ...told, state: 'partial' };
    return { ...told, state: sha(upload.data) === match[1] ? 'verified' : 'mismatch' };
  }

  /** @param {Seen} seen */
  #tus({ method, path, headers, body }) {
    if (method === 'POST') {
      if (this.shut) return refusal(401, 'device_revoked');
      const record = Buffer.from(/record (\S+)/.exec(headers.get('Upload-Metadata') ?? '')?.[1].replace(/,.*/, '') ?? '', 'base64').toString();
      const location = `/api/v1/files/u${this.uploads.size + 1}`;
      const told = headers.get('Upload-Length');
      const made = { data: body, length: told === null ? null : Number(told), record };
      this.uploads.set(location, made);
      return new Response(null, { status: 201, headers: { Location: location, ...progressOf(made) } });
    }
    const upload = this.uploads.get(path);
    if (!upload) return refusal(404, 'upload_unknown');
    if (method === 'PATCH') {
      if (Number(headers.get('Upload-Offset')) !== upload.data.length) return refusal(409, 'offset_wrong');
      const checksum = `sha256 ${Buffer.from(sha(body), 'hex').toString('base64')}`;
      if (body.length && headers.get('Upload-Checksum') !== checksum) return refusal(460, 'checksum_wrong');
      upload.data = Buffer.concat([upload.data, body]);
      if (headers.has('Upload-Length')) upload.length = Number(headers.get('Upload-Length'));
    }
    return new Response(null, { status: method === 'HEAD' ? 200 : 204, headers: progressOf(upload) });
  }
}

/** @param {{data: Buffer, length: number | null}} upload @returns {Record<string, string>} */
function progressOf({ data, length }) {
  const whole = length === null ? { 'Upload-Defer-Length': '1' } : { 'Upload-Length': String(length) };
  return { 'Upload-Offset': String(data.length), ...whole, ...(data.length === length && { 'Dockproof-Sha256': `sha256:${sha(data)}` }) };
}
