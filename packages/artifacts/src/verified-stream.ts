import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ToogitError } from '@toogit/core';
import type { BlobStore } from './blob-store.js';
import { corruptBlob } from './sha256.js';

/**
 * The same bytes, hashed as they pass. The last chunk is held back until the digest is known to be right, so that a
 * reader never receives a whole blob that is another one: its stream ends with ARTIFACT_CORRUPT instead.
 */
export function verifiedStream(source: Readable, digest: string): Readable {
  const hash = createHash('sha256');
  let held: Uint8Array | null = null;
  const verifier = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      if (held) this.push(held);
      held = chunk;
      done();
    },
    flush(done) {
      const actual = hash.digest('hex');
      if (actual === digest) done(null, held ?? undefined);
      else done(corruptBlob(digest, actual));
    },
  });
  // The callback takes errors of either side: without one they would end the process.
  return pipeline(source, verifier, () => {});
}

/** Reads a whole blob to see whether it is the one; false too if it is gone. */
export async function isIntact(store: Pick<BlobStore, 'stream'>, digest: string): Promise<boolean> {
  try {
    await finished((await store.stream(digest)).resume());
    return true;
  } catch (error) {
    const { code } = ToogitError.from(error);
    if (code === 'ARTIFACT_CORRUPT' || code === 'ARTIFACT_MISSING') return false;
    throw error;
  }
}
