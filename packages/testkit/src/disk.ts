import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const chunk = new Uint8Array(64 * 1024);

/** Writes a file there until nothing more fits; `free` removes it. */
export async function fillDisk(directory: string): Promise<{ bytes: number; free(): Promise<void> }> {
  const path = join(directory, 'filler');
  const file = await open(path, 'w');
  let bytes = 0;
  try {
    for (let written = -1; written !== 0; bytes += written) {
      ({ bytesWritten: written } = await file.write(chunk).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
        return { bytesWritten: 0 };
      }));
    }
  } finally {
    await file.close();
  }
  return { bytes, free: () => rm(path, { force: true }) };
}

/** A file system in memory; null where this user may not mount. */
export async function mountDisk(
  bytes: number,
): Promise<{ directory: string; unmount(): Promise<void> } | null> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-test-disk-'));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
  if (!mounted) {
    await rmdir(directory);
    return null;
  }
  return {
    directory,
    // Lazily: whoever still has a file open there goes on.
    unmount: async () => {
      await run('umount', ['-l', directory]);
      await rmdir(directory);
    },
  };
}
