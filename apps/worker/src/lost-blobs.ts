import type { ArtifactStore, BlobStore } from '@toogit/artifacts';
import type { ToogitError } from '@toogit/errors';
import type { Claim } from '@toogit/runs';

/**
 * Which blobs a failed job's inputs lack: the one the error names, and all others that are gone too, so that one
 * round of recomputation mends everything. Empty if the error is of another kind.
 */
export async function findLostBlobs(
  error: ToogitError,
  { inputs }: Pick<Claim, 'inputs'>,
  { artifacts, blobs }: { artifacts: ArtifactStore; blobs: BlobStore },
): Promise<string[]> {
  if (error.code !== 'ARTIFACT_MISSING' && error.code !== 'ARTIFACT_CORRUPT') return [];
  const lost = new Set(error.digest === undefined ? [] : [error.digest]);
  for (const digest of Object.values(inputs).flat()) {
    const manifest = await artifacts.readManifest(digest).catch(() => null);
    const needed = manifest === null ? [digest] : manifest.parts.map((part) => part.sha256);
    for (const blob of needed) if ((await blobs.size(blob).catch(() => 0)) === null) lost.add(blob);
  }
  return [...lost];
}
