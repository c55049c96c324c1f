import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import { assertFreeSpace } from './disk-space.js';
import { offline, request } from './http-request.js';

export interface DownloadOptions {
  url: string;
  /** The file is whole and of the right digest once it has this name; before, it is `<path>.part`. */
  path: string;
  sha256: string;
  onProgress?: (progress: { doneBytes: number; totalBytes: number }) => void;
  signal?: AbortSignal;
  /** Wait before going on after a broken connection, times the attempt. */
  retryDelayMs?: number;
}

const MAX_ATTEMPTS = 6;

/**
 * Downloads a file, going on where an earlier download stopped.
 * @throws ToogitError ENGINE_OFFLINE, ENGINE_INSTALL_FAILED, ENGINE_DISK_FULL, ENGINE_DIGEST_MISMATCH; the signal's
 * reason when aborted.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const part = `${options.path}.part`;
  if ((await sizeOf(part)) > 0 && (await sha256Of(part)) === options.sha256)
    return rename(part, options.path);
  const resumed = await fetchWithRetries(part, options);
  let actual = await sha256Of(part);
  if (actual !== options.sha256 && resumed) {
    await rm(part); // what was there may have been of another file
    await fetchWithRetries(part, options);
    actual = await sha256Of(part);
  }
  if (actual !== options.sha256) {
    await rm(part);
    throw new ToogitError(
      'ENGINE_DIGEST_MISMATCH',
      `${new URL(options.url).pathname.split('/').pop()} has sha256 ${actual}, not ${options.sha256}`,
    );
  }
  await rename(part, options.path);
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** True when the file was begun by an earlier download. */
async function fetchWithRetries(part: string, options: DownloadOptions): Promise<boolean> {
  const { signal, retryDelayMs = 1000 } = options;
  const startedAt = await sizeOf(part);
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(part, options);
      return startedAt > 0;
    } catch (error) {
      signal?.throwIfAborted();
      const transient = error instanceof ToogitError && error.code === 'ENGINE_OFFLINE';
      // a first request without an answer means that there is no route
      const began = (await sizeOf(part)) > startedAt;
      if (!transient || !began || attempt === MAX_ATTEMPTS) throw error;
      await delay(retryDelayMs * attempt, undefined, { ...(signal ? { signal } : {}) });
    }
  }
}

async function fetchRest(part: string, { url, onProgress, signal }: DownloadOptions): Promise<void> {
  const have = await sizeOf(part);
  const range = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await requestRange(url, range, part, signal);
  const resumes = response.status === 206;
  const start = resumes ? have : 0;
  const totalBytes = start + Number(response.headers.get('content-length') ?? 0);
  const file = await open(part, resumes ? 'a' : 'w');
  try {
    await assertFreeSpace(part, totalBytes - start);
    let doneBytes = start;
    for await (const chunk of bodyOf(response, url)) {
      await writeAll(file, chunk);
      doneBytes += chunk.length;
      onProgress?.({ doneBytes, totalBytes });
    }
    if (doneBytes < totalBytes) throw offline(new URL(url), new Error('the connection was cut'));
  } finally {
    await file.close();
  }
}

/** A server that cannot give the rest (416, say, when all is there already) gets a request for the whole. */
async function requestRange(
  url: string,
  headers: Record<string, string>,
  part: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const init = signal ? { signal } : {};
  try {
    return await request(url, { ...init, headers: { 'accept-encoding': 'identity', ...headers } });
  } catch (error) {
    const refused = error instanceof ToogitError && error.code === 'ENGINE_INSTALL_FAILED';
    if (!refused || !headers.range) throw error;
    await rm(part, { force: true });
    return request(url, { ...init, headers: { 'accept-encoding': 'identity' } });
  }
}

async function* bodyOf(response: Response, url: string): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  try {
    for await (const chunk of response.body) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw offline(new URL(url), error);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
