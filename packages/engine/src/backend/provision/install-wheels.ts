import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ToogitError } from '@toogit/core';
import { diskError } from './disk-space.js';
import { download, sha256Of } from './download.js';
import { withInstallLock } from './install-lock.js';
import { isWholeInstallation, writeCompletionMarker } from './installation.js';
import { defaultIndexUrl, findWheel } from './package-index.js';
import { unpackWheel } from './unpack-wheel.js';
import type { WheelRequirement } from './wheels.js';

export interface InstallProgress {
  /** The wheel being downloaded. */
  fileName: string;
  doneBytes: number;
  totalBytes: number;
}

export interface InstallOptions {
  /** Where the installation shall be; appears whole or not at all. */
  directory: string;
  /** Where wheels are downloaded to; a wheel put there by hand is used, without a request to the index. */
  downloads: string;
  /** Base of the package index's simple API; default: as pip is set, else PyPI. */
  indexUrl?: string;
  onProgress?: (progress: InstallProgress) => void;
  signal?: AbortSignal;
  retryDelayMs?: number;
}

/**
 * Downloads wheels and unpacks what they are wanted for. Any number of processes may call it at once.
 * @throws ToogitError ENGINE_OFFLINE, ENGINE_DIGEST_MISMATCH, ENGINE_DISK_FULL, ENGINE_INSTALL_FAILED; the signal's
 * reason when aborted.
 */
export async function installWheels(
  requirements: readonly WheelRequirement[],
  options: InstallOptions,
): Promise<void> {
  if (await isWholeInstallation(options.directory)) return;
  try {
    await withInstallLock(options.directory, options.signal, async (signal) => {
      if (await isWholeInstallation(options.directory)) return;
      await install(requirements, { ...options, signal });
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    const known = diskError(error, options.directory);
    if (known instanceof ToogitError) throw known;
    const message = error instanceof Error ? error.message : String(error);
    throw new ToogitError('ENGINE_INSTALL_FAILED', message, { cause: error });
  }
}

async function install(
  requirements: readonly WheelRequirement[],
  options: InstallOptions & { signal: AbortSignal },
): Promise<void> {
  const { directory, downloads, signal } = options;
  await removeLeftovers(directory);
  await mkdir(downloads, { recursive: true });
  const wheels: string[] = [];
  const sizes: Record<string, number> = {};
  const staging = `${directory}.tmp-${process.pid}`;
  await mkdir(staging, { recursive: true });
  try {
    for (const requirement of requirements) {
      const wheel = await obtain(requirement, options);
      wheels.push(wheel);
      Object.assign(sizes, await unpackWheel(wheel, staging, requirement.place, signal));
    }
    await writeCompletionMarker(staging, sizes);
    signal.throwIfAborted();
    await rm(directory, { recursive: true, force: true });
    await rename(staging, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  await Promise.all(wheels.map((wheel) => rm(wheel, { force: true })));
}

/** The path of a verified wheel: one that is there already, else a download. */
async function obtain(
  requirement: WheelRequirement,
  options: InstallOptions & { signal: AbortSignal },
): Promise<string> {
  const { downloads, onProgress, signal, retryDelayMs } = options;
  for (const [fileName, sha256] of Object.entries(requirement.digests)) {
    const path = join(downloads, fileName);
    if ((await exists(path)) && (await sha256Of(path)) === sha256) return path;
  }
  const indexUrl = options.indexUrl ?? (await defaultIndexUrl());
  const { fileName, url, sha256 } = await findWheel(indexUrl, requirement, signal);
  const path = join(downloads, fileName);
  await download({
    url,
    path,
    sha256,
    signal,
    ...(onProgress ? { onProgress: (progress) => onProgress({ fileName, ...progress }) } : {}),
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
  });
  return path;
}

/** What a process that died left unpacked; we hold the lock, so nobody is at it. */
async function removeLeftovers(directory: string): Promise<void> {
  const parent = dirname(directory);
  const leftovers = (await readdir(parent)).filter((name) => name.startsWith(`${basename(directory)}.tmp-`));
  await Promise.all(leftovers.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
