import { createHash } from 'node:crypto';
import { ToogitError } from '@toogit/core';
import { type BlobContent, pieces } from './blob-content.js';

/** The sha256 of bytes, in lower-case hexadecimal: the name that a blob is stored under. */
export function sha256(content: BlobContent): string {
  const hash = createHash('sha256');
  for (const piece of pieces(content)) hash.update(piece);
  return hash.digest('hex');
}

export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** @throws ARTIFACT_INVALID unless `digest` is 64 lower-case hexadecimal digits: it becomes a path and a key. */
export function assertDigest(digest: string): void {
  if (!isDigest(digest))
    throw new ToogitError('ARTIFACT_INVALID', `${JSON.stringify(digest)} is not a sha256 digest`);
}

/** @throws ARTIFACT_CORRUPT (with `digest`) unless the bytes have that digest. */
export function assertBytes(digest: string, bytes: BlobContent): void {
  assertDigest(digest);
  const actual = sha256(bytes);
  if (actual !== digest) throw corruptBlob(digest, actual);
}

/** What to throw when the bytes stored, or to be stored, under `digest` are others. */
export function corruptBlob(digest: string, actual: string, cause?: unknown): ToogitError {
  return new ToogitError('ARTIFACT_CORRUPT', `blob ${digest} holds bytes with sha256 ${actual}`, {
    digest,
    cause,
  });
}

/** What to throw when nothing is stored under `digest`. */
export function missingBlob(digest: string, cause?: unknown): ToogitError {
  return new ToogitError('ARTIFACT_MISSING', `no blob is stored under ${digest}`, { digest, cause });
}
