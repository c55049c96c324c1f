import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, interceptors, request } from 'undici';

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  /** Called with the bytes received so far. */
  onBytes?: ((bytes: number) => void) | undefined;
}

const answerTimeoutMs = 5_000;
const stallTimeoutMs = 30_000;

/** What may pass. A host without an address or a route is not among it: that shows at once. */
const passing = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

const dispatcher = new Agent({
  connect: { timeout: answerTimeoutMs },
  headersTimeout: answerTimeoutMs,
  bodyTimeout: stallTimeoutMs,
}).compose(
  interceptors.redirect({ maxRedirections: 5 }),
  interceptors.retry({ maxRetries: 3, minTimeout: 500, maxTimeout: 5_000, errorCodes: passing }),
);

/**
 * Downloads a URL into a file. A download that breaks off goes on where it broke, three times at most, if the server
 * gives ranges; a busy server (429, 5xx) is tried again as often.
 *
 * @throws Error if no answer comes within 5 s, nothing arrives for 30 s, or the answer is not a success.
 */
export async function downloadUrl(
  url: string,
  path: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> {
  try {
    // Identity: a range of a compressed answer is not one of the file.
    const headers = { 'accept-encoding': 'identity' };
    const { statusCode, body } = await request(url, { dispatcher, headers, signal: signal ?? null });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`HTTP ${statusCode}`);
    }
    let received = 0;
    const count = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        received += chunk.length;
        onBytes?.(received);
        done(null, chunk);
      },
    });
    await pipeline(body, count, createWriteStream(path));
  } catch (error) {
    throw withReason(error);
  }
}

/** The library's errors name its own parts; these are for people. */
function withReason(error: unknown): unknown {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (statusCode !== undefined) return new Error(`HTTP ${statusCode}`, { cause: error });
  const reason = reasons[code ?? ''];
  return reason === undefined ? error : new Error(reason, { cause: error });
}

const noAnswer = `no answer within ${answerTimeoutMs / 1000} s`;
const reasons: Record<string, string> = {
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  UND_ERR_HEADERS_TIMEOUT: noAnswer,
  UND_ERR_BODY_TIMEOUT: `nothing arrived for ${stallTimeoutMs / 1000} s`,
};
