import type { ArtifactStore, HostTensor } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import type { Checkpoints } from '@toogit/handlers';
import type { Checkpoint } from '@toogit/runs';

/** So long after a checkpoint no other is stored, unless the job is about to yield: a short epoch is not worth one. */
const leastMs = 10_000;

interface CheckpointOptions {
  onSaved(checkpoint: Checkpoint): void;
  /** Aborted when the job should save a checkpoint and stop. */
  yielding: AbortSignal;
  /** Milliseconds of a clock that only goes forward. */
  now?(): number;
}

/**
 * Checkpoints kept as artifacts. One that can't be read any more is as good as none: the job starts over. One that the
 * storage does not take costs time after a crash, nothing else, unless the job is about to yield.
 */
export function artifactCheckpoints(
  last: { step: number; digest: string } | null,
  artifacts: ArtifactStore,
  { onSaved, yielding, now = () => performance.now() }: CheckpointOptions,
): Checkpoints {
  let triedAtMs = Number.NEGATIVE_INFINITY;
  const store = async (step: number, tensors: Record<string, HostTensor>, state: Record<string, unknown>) => {
    const part = await artifacts.writeTensors('checkpoint', tensors);
    const { digest, manifest } = await artifacts.writeManifest({
      ...{ type: 'checkpoint', parts: [part], meta: state },
    });
    // Canonical JSON orders keys and is as long as any other without spaces.
    const manifestBytes = Buffer.byteLength(JSON.stringify(manifest));
    onSaved({
      step,
      digest,
      blobs: [
        { digest, bytes: manifestBytes },
        { digest: part.sha256, bytes: part.bytes },
      ],
    });
  };
  return {
    load: async () => {
      if (last === null) return null;
      try {
        const { parts, meta } = await artifacts.readManifest(last.digest);
        const [part] = parts;
        const tensors = part === undefined ? {} : await artifacts.readTensors(part);
        return { step: last.step, tensors, state: meta };
      } catch (error) {
        const { code } = ToogitError.from(error);
        if (code === 'ARTIFACT_MISSING' || code === 'ARTIFACT_CORRUPT') return null;
        throw error;
      }
    },
    save: async (step, tensors, state) => {
      if (!yielding.aborted && now() - triedAtMs < leastMs) return;
      try {
        await store(step, tensors, state);
      } catch (error) {
        if (yielding.aborted || !ToogitError.from(error).code.startsWith('STORAGE_')) throw error;
        console.warn(`checkpoint of step ${step} not stored:`, error);
      }
      triedAtMs = now();
    },
  };
}
