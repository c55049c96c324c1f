import type { ArtifactStore, HostTensor, StoredManifest } from '@toogit/artifacts';
import type { AttackParams, InversionParams, JobParams } from '@toogit/catalogue';
import { KeepEverything, type RunOptions, runHandler, type TestInput } from './run-handler.js';

/** Settings that a 12×12 data set of four classes is learnt by in seconds. */
export const training: JobParams<'train'> = {
  architecture: 'resnet9',
  width: 0.0625,
  depth: null,
  epochs: 3,
  batchSize: 32,
  learningRate: 0.1,
  schedule: { kind: 'linear', warmupFraction: 0.2 },
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  augmentation: 'flip-crop',
  labelSmoothing: 0,
  adversarial: null,
  precision: 'float32',
  checkpointEveryEpochs: 1,
};

export const robustTraining: JobParams<'train'> = {
  ...training,
  adversarial: { norm: 'l2', epsilon: 0.5, stepSize: 0.2, steps: 3, randomStart: true },
};

export const pgd: AttackParams = {
  norm: 'l2',
  epsilon: 1,
  stepSize: 0.3,
  steps: 8,
  targets: 'next',
  randomStart: true,
  restarts: 1,
  gradientSamples: 1,
  precision: 'float32',
};

export const inversion: InversionParams = {
  stepSize: 0.2,
  steps: 15,
  start: 'other-image',
  precision: 'float32',
};

type Inputs = Record<string, TestInput[]>;
interface Blocks extends RunOptions {
  /** Examples of each block; from the first example on. */
  counts: number[];
  /** Runs the last block first. */
  reversed?: boolean;
}

/** Every block of a step, in the order of the examples, with one device cache as a worker has. */
export async function inBlocks<K extends 'attack' | 'invert' | 'feature-responses'>(
  kind: K,
  artifacts: ArtifactStore,
  params: Omit<JobParams<K>, 'block'>,
  inputs: Inputs,
  { counts, reversed = false, ...options }: Blocks,
): Promise<StoredManifest[]> {
  const deviceCache = new KeepEverything();
  const stored: StoredManifest[] = [];
  const order = [...counts.keys()];
  for (const index of reversed ? order.reverse() : order) {
    const start = counts.slice(0, index).reduce((sum, count) => sum + count, 0);
    const block = { start, count: counts[index] as number };
    const job = { ...params, block } as JobParams<K>;
    stored[index] = (await runHandler(kind, artifacts, job, inputs, { deviceCache, ...options })).stored;
  }
  deviceCache.clear();
  return stored;
}

export const trained = async (
  artifacts: ArtifactStore,
  dataset: StoredManifest,
  seed: number,
  params: JobParams<'train'> = training,
  featuresFrom: StoredManifest[] = [],
): Promise<StoredManifest> =>
  (await runHandler('train', artifacts, params, { dataset: [dataset], featuresFrom }, { seed })).stored;

export const evaluated = async (
  artifacts: ArtifactStore,
  model: TestInput,
  dataset: StoredManifest,
  adversarialExamples: StoredManifest[] = [],
): Promise<StoredManifest> => {
  const inputs = { evaluatedModel: [model], dataset: [dataset], adversarialExamples };
  return (await runHandler('evaluate', artifacts, { batchSize: 16 }, inputs)).stored;
};

export const meta = <T>(stored: StoredManifest) => stored.manifest.meta as T;

/** The tensors of one part. */
export async function tensorsOf(
  artifacts: ArtifactStore,
  { manifest }: StoredManifest,
  name = 'columns',
): Promise<Record<string, HostTensor>> {
  const part = manifest.parts.find((candidate) => candidate.name === name);
  if (part === undefined) throw new Error(`no part ${name}`);
  return artifacts.readTensors(part);
}

export const valuesOf = (tensors: Record<string, HostTensor>, name: string): number[] => [
  ...(tensors[name]?.data ?? []),
];
