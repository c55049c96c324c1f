import { join } from 'node:path';
import { ToogitError } from '@toogit/core';
import { cacheDirectory } from './cache-directory.js';
import { type InstallProgress, installWheels } from './install-wheels.js';
import { installDirectory, type LocatedTensorFlow, locateTensorFlow } from './locate-tensorflow.js';
import { wheelsFor } from './wheels.js';

export interface InstallTensorFlowOptions {
  /** The build for NVIDIA GPUs, with CUDA and cuDNN (2.6 GB to download), in place of the one for CPUs (274 MB). */
  cuda?: boolean;
  /** Default: `TOOGIT_CACHE_DIR`, else the user's cache directory. */
  cacheDir?: string;
  /** Base of the package index's simple API; default: as pip is set, else PyPI. */
  indexUrl?: string;
  onProgress?: (progress: InstallProgress) => void;
  signal?: AbortSignal;
}

/**
 * Puts TensorFlow's C library into the cache, if it is not there; any number of processes may do so at once.
 * @throws ToogitError ENGINE_UNSUPPORTED_PLATFORM, ENGINE_OFFLINE, ENGINE_DIGEST_MISMATCH, ENGINE_DISK_FULL,
 * ENGINE_INSTALL_FAILED; the signal's reason when aborted.
 */
export async function installTensorFlow(options: InstallTensorFlowOptions = {}): Promise<LocatedTensorFlow> {
  const { cuda = false, cacheDir = cacheDirectory(), indexUrl, onProgress, signal } = options;
  const wheels = wheelsFor(`${process.platform}-${process.arch}`, cuda);
  if (!wheels || !hasGlibc()) {
    const build = cuda ? 'TensorFlow for CUDA' : 'TensorFlow';
    throw new ToogitError(
      'ENGINE_UNSUPPORTED_PLATFORM',
      `${build} is not published for ${process.platform} on ${process.arch}${hasGlibc() ? '' : ' without glibc'}`,
    );
  }
  await installWheels(wheels, {
    directory: installDirectory(cacheDir, cuda),
    downloads: join(cacheDir, 'downloads'),
    ...(indexUrl === undefined ? {} : { indexUrl }),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  const located = (await locateTensorFlow({ cacheDir }))[cuda ? 'cuda' : 'cpu'];
  if (!located) throw new ToogitError('ENGINE_INSTALL_FAILED', 'the installation vanished while it was made');
  return located;
}

/** TensorFlow's wheels need glibc; Alpine's musl has none. */
function hasGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
