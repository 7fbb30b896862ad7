/**
 * The real tus-js-client against a running server: one scenario a run. Reads its order as JSON from stdin, prints what
 * came of it. Its own HTTP stack for node is used as it is; only the headers that the server asks of a phone are added.
 */
import { createHash, webcrypto } from 'node:crypto';
import { Readable } from 'node:stream';
import { DefaultHttpStack, Upload } from 'tus-js-client';

let text = '';
for await (const part of process.stdin) text += part;
const order = JSON.parse(text);
const data = Buffer.from(order.data, 'base64');
const key = await webcrypto.subtle.importKey(
  'pkcs8',
  Buffer.from(order.key, 'base64'),
  { name: 'ECDSA', namedCurve: 'P-256' },
  false,
  ['sign'],
);
/** @type {{method: string, status: number}[]} */
const seen = [];

/** @param {string} method @param {string} url @param {string} body */
async function authorization(method, url, body) {
  const { pathname, search } = new URL(url);
  const said = `dockproof-request-1\n${method}\n${pathname}${search}\n${order.session}\n${body}\n`;
  const signature = await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(said));
  return `Dockproof device=${order.device},session=${order.session},body=${body},sig=${Buffer.from(signature).toString('base64url')}`;
}

class SigningStack extends DefaultHttpStack {
  /** @param {string} method @param {string} url */
  createRequest(method, url) {
    const request = super.createRequest(method, url);
    const send = request.send.bind(request);
    request.send = async (body = null) => {
      const bytes = body?.length ? body : null;
      const digest = bytes && createHash('sha256').update(bytes).digest();
      if (digest) request.setHeader('Upload-Checksum', `sha256 ${digest.toString('base64')}`);
      request.setHeader('Authorization', await authorization(method, url, digest ? digest.toString('hex') : '-'));
      if (bytes && order.spoil) {
        const spoiled = Object.assign(Buffer.from(bytes), { size: bytes.size });
        spoiled[0] ^= 1;
        return note(method, await send(spoiled));
      }
      return note(method, await send(body));
    };
    return request;
  }
}

/** @param {string} method @param {any} response */
function note(method, response) {
  seen.push({ method, status: response.getStatus() });
  return response;
}

/** @param {Partial<import('tus-js-client').UploadOptions>} options @param {any} source @returns {Promise<object>} */
function upload(options, source = data) {
  return new Promise((resolve) => {
    const running = new Upload(source, {
      endpoint: order.endpoint,
      metadata: { record: order.record, mime: order.mime },
      retryDelays: [0, 0, 0],
      storeFingerprintForResuming: false,
      httpStack: new SigningStack(),
      ...options,
      onSuccess: ({ lastResponse }) =>
        resolve({ url: running.url, sha256: lastResponse.getHeader('Dockproof-Sha256') }),
      onError: (error) => resolve({ url: running.url, status: error.originalResponse?.getStatus(), error: error.message }),
      onChunkComplete: (_size, accepted) => {
        if (order.stopAt && accepted >= order.stopAt) {
          void running.abort().then(() => resolve({ url: running.url, stopped: accepted }));
        }
      },
    });
    running.start();
  });
}

/** Two who were told the same place to go on. */
async function together() {
  return Promise.all([1, 2].map(() => upload({ uploadUrl: order.url, chunkSize: 40_000, retryDelays: Array(40).fill(0) })));
}

const scenarios = {
  whole: () => upload({ chunkSize: 150_000 }),
  inOnePiece: () => upload({}),
  withCreation: () => upload({ chunkSize: 150_000, uploadDataDuringCreation: true }),
  deferred: () => upload({ chunkSize: 100_000, uploadLengthDeferred: true }, Readable.from([data])),
  resumed: () => upload({ uploadUrl: order.url, chunkSize: 150_000 }),
  together,
};
const result = await scenarios[/** @type {keyof typeof scenarios} */ (order.scenario)]();
process.stdout.write(JSON.stringify({ result, seen }));
