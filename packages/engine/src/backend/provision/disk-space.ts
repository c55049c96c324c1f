import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ToogitError } from '@toogit/core';

/** @throws ToogitError ENGINE_DISK_FULL when the disk that will hold `path` has less room than `bytes`. */
export async function assertFreeSpace(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < bytes) {
    throw new ToogitError(
      'ENGINE_DISK_FULL',
      `${dirname(path)} needs ${bytes} more bytes, has ${bavail * bsize}`,
    );
  }
}

/** A full disk or quota met while writing, in our terms; every other error unchanged. */
export function diskError(error: unknown, directory: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new ToogitError('ENGINE_DISK_FULL', `the disk of ${directory} is full`, { cause: error });
}
