import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Flips the last byte of a stored blob, behind the store's back. */
export async function corrupt(directory: string, digest: string): Promise<void> {
  const path = join(directory, 'blobs', digest.slice(0, 2), digest);
  const bytes = await readFile(path);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
