import type { ArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import type { Claim } from '@toogit/runs';

const lossCodes = new Set<string>(['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT']);

/**
 * Which blobs a failed job's inputs lack: the one the error names, and all others that are missing or corrupt, so that
 * one round of recomputation mends everything. Empty if the error is of another kind.
 */
export async function findLostBlobs(
  error: ToogitError,
  { inputs }: Pick<Claim, 'inputs'>,
  artifacts: ArtifactStore,
): Promise<string[]> {
  if (!lossCodes.has(error.code)) return [];
  const lost = new Set<string>();
  const note = (thrown: unknown) => {
    const { code, digest } = ToogitError.from(thrown);
    if (lossCodes.has(code) && digest !== undefined) lost.add(digest);
  };
  note(error);
  for (const { digest } of Object.values(inputs).flat()) {
    const manifest = await artifacts.readManifest(digest).catch(note);
    for (const part of manifest?.parts ?? []) await artifacts.readBytes(part).catch(note);
  }
  return [...lost];
}
