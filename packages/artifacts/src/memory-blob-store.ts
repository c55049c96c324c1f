import { Readable } from 'node:stream';
import { type BlobContent, joined } from './blob-content.js';
import type { BlobStore, Remnants, StoredBlob } from './blob-store.js';
import { assertBytes, assertDigest, missingBlob, sha256 } from './sha256.js';
import { verifiedStream } from './verified-stream.js';

/** Blobs in this process's memory, for tests and dry runs. */
export class MemoryBlobStore implements BlobStore {
  /** What is stored, open to tests that tamper with it. */
  readonly blobs = new Map<string, Uint8Array>();
  /** What was found corrupt. */
  readonly quarantined = new Map<string, Uint8Array>();
  /** When each blob was written, open to tests that make blobs old. */
  readonly modifiedAt = new Map<string, Date>();
  /** Open to tests that give the store to another. */
  owner: string | null = null;

  async put(digest: string, bytes: BlobContent): Promise<void> {
    assertBytes(digest, bytes);
    const held = this.blobs.get(digest);
    if (held && sha256(held) === digest) return;
    this.blobs.set(digest, joined(bytes));
    this.modifiedAt.set(digest, new Date());
  }

  async get(digest: string): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.held(digest));
    assertBytes(digest, bytes);
    return bytes;
  }

  async stream(digest: string): Promise<Readable> {
    return verifiedStream(Readable.from([Buffer.from(this.held(digest))]), digest);
  }

  async size(digest: string): Promise<number | null> {
    assertDigest(digest);
    return this.blobs.get(digest)?.length ?? null;
  }

  async quarantine(digest: string): Promise<void> {
    const bytes = this.blobs.get(digest);
    if (bytes) this.quarantined.set(digest, bytes);
    this.blobs.delete(digest);
  }

  async delete(digest: string): Promise<void> {
    this.blobs.delete(digest);
  }

  async *list(): AsyncIterable<StoredBlob> {
    for (const [digest, { length }] of [...this.blobs]) {
      yield { digest, bytes: length, modifiedAt: this.modifiedAt.get(digest) ?? new Date() };
    }
  }

  async removeOrphanedUploads(before: Date, { dryRun }: { dryRun: boolean }): Promise<Remnants> {
    const old = [...this.quarantined.keys()].filter(
      (digest) => (this.modifiedAt.get(digest) ?? new Date()) < before,
    );
    if (!dryRun) for (const digest of old) this.quarantined.delete(digest);
    return { quarantined: old.length, uploads: 0 };
  }

  async downloadUrl(): Promise<null> {
    return null;
  }

  async claim(owner: string): Promise<string> {
    this.owner ??= owner;
    return this.owner;
  }

  async check(): Promise<void> {}

  private held(digest: string): Uint8Array {
    assertDigest(digest);
    const bytes = this.blobs.get(digest);
    if (!bytes) throw missingBlob(digest);
    return bytes;
  }
}
