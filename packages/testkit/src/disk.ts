import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system in memory, mounted there; null where this user may not mount. */
export async function mountDisk(
  directory: string,
  bytes: number,
): Promise<{ directory: string; unmount(): Promise<void> } | null> {
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
  if (!mounted) return null;
  return {
    directory,
    // Lazily: whoever still has a file open there goes on.
    unmount: async () => void (await run('umount', ['-l', directory])),
  };
}
