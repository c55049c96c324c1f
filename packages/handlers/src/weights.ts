import type { ArtifactStore, HostTensor, Manifest } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import type { Weights, WeightTensor } from '@toogit/engine';

/** Weights as an artifact's tensors, and back. */
export const toTensors = (weights: Weights): Record<string, HostTensor> => Object.fromEntries(weights);

/** @throws ARTIFACT_INVALID if one is not float32. */
export function toWeights(tensors: Record<string, HostTensor>): Weights {
  return new Map(
    Object.entries(tensors).map(([name, { dtype, shape, data }]): [string, WeightTensor] => {
      if (dtype !== 'float32' || !(data instanceof Float32Array)) {
        throw new ToogitError('ARTIFACT_INVALID', `Tensor ${name} is ${dtype}; weights are float32.`);
      }
      return [name, { dtype, shape, data }];
    }),
  );
}

/** The part `weights` of a model's artifact. */
export async function weightsOf(artifacts: ArtifactStore, manifest: Manifest): Promise<Weights> {
  return toWeights(await artifacts.readTensors(partNamed(manifest, 'weights')));
}

/** @throws ARTIFACT_INVALID if there is none of that name. */
export function partNamed(manifest: Manifest, name: string) {
  const part = manifest.parts.find((candidate) => candidate.name === name);
  if (part === undefined) {
    throw new ToogitError('ARTIFACT_INVALID', `The ${manifest.type} artifact has no part "${name}".`);
  }
  return part;
}
