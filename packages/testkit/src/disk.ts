import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

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
