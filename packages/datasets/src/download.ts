import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  /** Called with the bytes received so far. */
  onBytes?: ((bytes: number) => void) | undefined;
}

const answerTimeoutMs = 5_000;
const stallTimeoutMs = 30_000;

/**
 * Downloads a URL into a file.
 *
 * @throws Error if no answer comes within 5 s, nothing arrives for 30 s, or the answer is not a success.
 */
export async function downloadUrl(
  url: string,
  path: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> {
  const watchdog = new AbortController();
  const abortIn = (ms: number, reason: string) =>
    setTimeout(() => watchdog.abort(new Error(`${reason} ${ms / 1000} s`)), ms);
  let timer = abortIn(answerTimeoutMs, 'no answer within');
  try {
    const signals = [watchdog.signal, ...(signal ? [signal] : [])];
    const response = await fetch(url, {
      signal: AbortSignal.any(signals),
      headers: { 'accept-encoding': 'identity' },
    });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status} ${response.statusText}`);
    clearTimeout(timer);
    timer = abortIn(stallTimeoutMs, 'nothing arrived for');
    let received = 0;
    const count = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        timer.refresh();
        received += chunk.length;
        onBytes?.(received);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(path));
  } catch (error) {
    // fetch says only "fetch failed"; its cause says why.
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  } finally {
    clearTimeout(timer);
  }
}
