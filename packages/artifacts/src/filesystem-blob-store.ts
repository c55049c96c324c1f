import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ToogitError } from '@toogit/core';
import { type BlobContent, contentLength, pieces } from './blob-content.js';
import type { BlobStore, Remnants, StoredBlob } from './blob-store.js';
import { assertBytes, assertDigest, isDigest, missingBlob } from './sha256.js';
import { isIntact, verifiedStream } from './verified-stream.js';

const abandonedAfterMs = 24 * 3600 * 1000;
/** With less than this a disk counts as full: what is left may do for a check, but not for a model. */
const leastFreeBytes = 16 * 1024 * 1024;

/**
 * Blobs as files `blobs/ab/ab12…`. A blob is written to `incoming/`, synced and renamed into its place, so that one
 * whose writing was interrupted never has a blob's name. `quarantine/` keeps what was found corrupt.
 */
export class FilesystemBlobStore implements BlobStore {
  constructor(private readonly directory: string) {}

  async put(digest: string, bytes: BlobContent): Promise<void> {
    assertBytes(digest, bytes);
    const size = await this.size(digest);
    if (size === contentLength(bytes) && (await isIntact(this, digest))) return;
    const incoming = join(this.directory, 'incoming', `${digest}.${randomUUID()}`);
    await this.attempt(async () => {
      try {
        await writeDurably(incoming, bytes);
        await moveDurably(incoming, this.path(digest));
      } finally {
        await rm(incoming, { force: true });
      }
    });
  }

  async get(digest: string): Promise<Uint8Array> {
    const bytes = await this.attempt(() => readFile(this.path(digest)), digest);
    assertBytes(digest, bytes);
    return bytes;
  }

  async stream(digest: string): Promise<Readable> {
    const file = await this.attempt(() => open(this.path(digest)), digest);
    return verifiedStream(file.createReadStream(), digest);
  }

  async size(digest: string): Promise<number | null> {
    try {
      return await this.attempt(async () => (await stat(this.path(digest))).size, digest);
    } catch (error) {
      if (error instanceof ToogitError && error.code === 'ARTIFACT_MISSING') return null;
      throw error;
    }
  }

  async quarantine(digest: string): Promise<void> {
    const kept = join(this.directory, 'quarantine', `${digest}.${randomUUID()}`);
    await this.attempt(async () => {
      // Its age counts from now: it is kept for a while to be looked at.
      await utimes(this.path(digest), new Date(), new Date()).catch(ignoreMissing);
      await moveDurably(this.path(digest), kept).catch(ignoreMissing);
    });
  }

  async delete(digest: string): Promise<void> {
    await this.attempt(() => rm(this.path(digest), { force: true }));
  }

  async *list(): AsyncIterable<StoredBlob> {
    const blobs = join(this.directory, 'blobs');
    for (const shard of await this.names(blobs)) {
      for (const digest of await this.names(join(blobs, shard))) {
        const file = await this.attempt(() => stat(join(blobs, shard, digest)).catch(ignoreMissing));
        if (file && isDigest(digest)) yield { digest, bytes: file.size, modifiedAt: file.mtime };
      }
    }
  }

  async removeOrphanedUploads(before: Date, { dryRun }: { dryRun: boolean }): Promise<Remnants> {
    const [quarantined, uploads] = await Promise.all(
      ['quarantine', 'incoming'].map((name) => this.removeOld(name, before, dryRun)),
    );
    return { quarantined: quarantined ?? 0, uploads: uploads ?? 0 };
  }

  async downloadUrl(): Promise<null> {
    return null;
  }

  async claim(owner: string): Promise<string> {
    const path = join(this.directory, 'installation');
    const incoming = join(this.directory, 'incoming', `installation.${randomUUID()}`);
    return this.attempt(async () => {
      const held = await readFile(path, 'utf8').catch(ignoreMissing);
      if (held !== undefined) return held;
      try {
        await writeDurably(incoming, Buffer.from(owner));
        // Of two at once the first has it: a link replaces nothing.
        await link(incoming, path).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        });
      } finally {
        await rm(incoming, { force: true });
      }
      return readFile(path, 'utf8');
    });
  }

  /** `write` also clears away what writers that were killed left in `incoming/` more than a day ago. */
  async check({ write = false }: { write?: boolean } = {}): Promise<void> {
    const probe = join(this.directory, 'incoming', `check.${randomUUID()}`);
    await this.attempt(async () => {
      try {
        await writeDurably(probe, new Uint8Array(1));
      } finally {
        await rm(probe, { force: true });
      }
    });
    await this.assertSpace();
    if (write) await this.removeOld('incoming', new Date(Date.now() - abandonedAfterMs), false);
  }

  private async assertSpace(): Promise<void> {
    const { bavail, bsize } = await this.attempt(() => statfs(this.directory));
    if (bavail * bsize >= leastFreeBytes) return;
    throw new ToogitError(
      'STORAGE_FULL',
      `the artifact directory ${this.directory}: ${bavail * bsize} bytes are left`,
    );
  }

  private async names(directory: string): Promise<string[]> {
    return (await this.attempt(() => readdir(directory).catch(ignoreMissing))) ?? [];
  }

  private async removeOld(subdirectory: string, before: Date, dryRun: boolean): Promise<number> {
    let old = 0;
    for (const name of await this.names(join(this.directory, subdirectory))) {
      const path = join(this.directory, subdirectory, name);
      await this.attempt(async () => {
        const file = await stat(path).catch(ignoreMissing);
        if (!file || file.mtime >= before) return;
        old += 1;
        if (!dryRun) await rm(path, { force: true });
      });
    }
    return old;
  }

  private path(digest: string): string {
    assertDigest(digest);
    return join(this.directory, 'blobs', digest.slice(0, 2), digest);
  }

  /** Runs `work`, telling a missing blob from a directory that cannot be used. */
  private async attempt<T>(work: () => Promise<T>, digest?: string): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ToogitError) throw cause;
      if (digest && isMissing(cause)) throw missingBlob(digest, cause);
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ToogitError(
        isFull(cause) ? 'STORAGE_FULL' : 'STORAGE_UNAVAILABLE',
        `the artifact directory ${this.directory}: ${reason}`,
        {
          cause,
        },
      );
    }
  }
}

async function writeDurably(path: string, bytes: BlobContent): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    // One after the other, each from where the last has ended.
    for (const piece of pieces(bytes)) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renames and syncs the directory, so that the new name survives a power cut. */
async function moveDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  const directory = await open(dirname(to));
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
