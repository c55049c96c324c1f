import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type DownloadOptions, downloadUrl } from './download.js';

const run = promisify(execFile);

/**
 * Downloads an npm package's tarball from the registry that the user's npm is set to. Asked directly first, for the
 * sake of progress; if that fails (a registry that requires a login, a proxy), by `npm pack`, which can.
 */
export async function downloadNpmPackage(
  { name, version }: { name: string; version: string },
  path: string,
  options: DownloadOptions,
): Promise<void> {
  const { signal } = options;
  const tarball = `${name}-${version}.tgz`;
  try {
    const { stdout } = await run('npm', ['config', 'get', 'registry'], { signal });
    const registry = stdout.trim().replace(/\/?$/, '/');
    await downloadUrl(`${registry}${name}/-/${tarball}`, path, options);
  } catch {
    signal?.throwIfAborted();
    const destination = await mkdtemp(join(dirname(path), 'npm-pack-'));
    try {
      const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
      await run(
        'npm',
        ['pack', `${name}@${version}`, '--pack-destination', destination, '--silent', ...retries],
        { signal },
      );
      await rename(join(destination, tarball), path);
    } finally {
      await rm(destination, { recursive: true });
    }
  }
}
