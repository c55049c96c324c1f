import type { Readable } from 'node:stream';
import type { BlobContent } from './blob-content.js';

/** What a store reports of a blob it holds. */
export interface StoredBlob {
  digest: string;
  bytes: number;
  /** When it was written, by the store's clock. */
  modifiedAt: Date;
}

/** What is neither a blob nor gone: counted by `removeOrphanedUploads`. */
export interface Remnants {
  /** Blobs that were found corrupt and set aside. */
  quarantined: number;
  /** Uploads that were begun and never finished, their writers killed. */
  uploads: number;
}

/**
 * Bytes under their own sha256. Drivers: memory, filesystem, S3; one conformance suite for all. Writing a digest that
 * is there intact changes nothing (If-None-Match), so two writers of the same bytes cannot disturb each other.
 * Every method may throw STORAGE_UNAVAILABLE or one of the STORAGE_ errors that name what has to be mended.
 */
export interface BlobStore {
  /**
   * Stores bytes under `digest`, to be left unchanged until it resolves: then they are durable. Other bytes that are
   * stored there are replaced. @throws ARTIFACT_CORRUPT if the bytes don't have that digest.
   */
  put(digest: string, bytes: BlobContent): Promise<void>;
  /** All bytes, verified against the digest. @throws ARTIFACT_MISSING, ARTIFACT_CORRUPT. */
  get(digest: string): Promise<Uint8Array>;
  /** The bytes as a stream, which ends with ARTIFACT_CORRUPT before its last bytes if they are others. @throws ARTIFACT_MISSING. */
  stream(digest: string): Promise<Readable>;
  /** Size in bytes, or null if it isn't there. */
  size(digest: string): Promise<number | null>;
  /** Moves a blob out of the way, keeping it for inspection. No error if it is gone. */
  quarantine(digest: string): Promise<void>;
  /** No error if it is gone. */
  delete(digest: string): Promise<void>;
  /** Every blob held. One that is written or deleted meanwhile may or may not be among them. */
  list(): AsyncIterable<StoredBlob>;
  /** Removes what was quarantined, or begun to be uploaded, before then; a dry run only counts it. */
  removeOrphanedUploads(before: Date, options: { dryRun: boolean }): Promise<Remnants>;
  /** A URL that a client can fetch for `expiresSeconds`, or null if this driver has none (the API then streams). */
  downloadUrl(digest: string, expiresSeconds: number): Promise<string | null>;
  /** Notes who owns the store, if nobody does yet; returns who does. */
  claim(owner: string): Promise<string>;
  /** Throws if the store can't be used now; with `write`, also if nothing can be written to it or deleted from it. */
  check(options?: { write?: boolean }): Promise<void>;
}
