import type { Readable } from 'node:stream';

/**
 * Bytes under their own sha256. Drivers: memory, filesystem, S3; one conformance suite for all. Writing a digest that
 * is already there changes nothing (If-None-Match), so two writers of the same bytes cannot disturb each other.
 */
export interface BlobStore {
  /** Stores bytes under `digest`; resolves when they are durable. @throws STORAGE_UNAVAILABLE, ARTIFACT_CORRUPT if the bytes don't have that digest. */
  put(digest: string, bytes: Uint8Array): Promise<void>;
  /** All bytes, verified against the digest. @throws ARTIFACT_MISSING, ARTIFACT_CORRUPT. */
  get(digest: string): Promise<Uint8Array>;
  /** A byte range [start, end), unverified. @throws ARTIFACT_MISSING. */
  getRange(digest: string, start: number, end: number): Promise<Uint8Array>;
  /** The bytes as a stream, unverified (a download; the reader has the digest). @throws ARTIFACT_MISSING. */
  stream(digest: string): Promise<Readable>;
  /** Size in bytes, or null if it isn't there. */
  size(digest: string): Promise<number | null>;
  /** Moves a blob out of the way, keeping it for inspection. No error if it is gone. */
  quarantine(digest: string): Promise<void>;
  delete(digest: string): Promise<void>;
  /** Every digest held. */
  list(): AsyncIterable<string>;
  /** A URL that a client can fetch for `expiresSeconds`, or null if this driver has none (the API then streams). */
  downloadUrl(digest: string, expiresSeconds: number): Promise<string | null>;
  /** Throws STORAGE_UNAVAILABLE if the store can't be used now. */
  check(): Promise<void>;
}
