import type { ArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/errors';
import type { Checkpoints } from '@toogit/handlers';

/**
 * Checkpoints kept as artifacts. One that can't be read any more is as good as none: the job starts over.
 */
export function artifactCheckpoints(
  last: { step: number; digest: string } | null,
  artifacts: ArtifactStore,
  onSaved: (checkpoint: { step: number; digest: string; bytes: number }) => void,
): Checkpoints {
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
      const part = await artifacts.writeTensors('checkpoint', tensors);
      const { digest } = await artifacts.writeManifest({ type: 'checkpoint', parts: [part], meta: state });
      onSaved({ step, digest, bytes: part.bytes });
    },
  };
}
