import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Entry, type Options, open, type ZipFile } from 'yauzl';
import { assertFreeSpace } from './disk-space.js';

const openZip = promisify<string, Options, ZipFile>(open);

/**
 * Unpacks the entries of a wheel (a zip) that `place` gives a name, into `directory`.
 * @returns sizes in bytes by that name.
 */
export async function unpackWheel(
  wheel: string,
  directory: string,
  place: (entry: string) => string | undefined,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const zip = await openZip(wheel, { lazyEntries: true, autoClose: false });
  const sizes: Record<string, number> = {};
  try {
    for await (const entry of entriesOf(zip)) {
      signal?.throwIfAborted();
      const name = place(entry.fileName);
      if (name === undefined) continue;
      await unpackEntry(zip, entry, join(directory, name), signal);
      sizes[name] = entry.uncompressedSize;
    }
  } finally {
    zip.close();
  }
  return sizes;
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (done: () => void) => {
        zip.removeAllListeners();
        done();
      };
      zip.once('entry', (next: Entry) => settle(() => resolve(next)));
      zip.once('end', () => settle(() => resolve(undefined)));
      zip.once('error', (error: unknown) => settle(() => reject(error)));
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, path: string, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await assertFreeSpace(path, entry.uncompressedSize);
  const content = await promisify(zip.openReadStream.bind(zip) as OpenEntry)(entry);
  await pipeline(content, createWriteStream(path), signal ? { signal } : {});
}

type OpenEntry = (entry: Entry, done: (error: Error | null, content: NodeJS.ReadableStream) => void) => void;
