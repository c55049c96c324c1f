import { createHash, randomUUID } from 'node:crypto';
import { jobKinds, type PlannedJob } from '@toogit/catalogue';
import type { Claim, JobSuccess, NewExperiment } from '@toogit/runs';
import type { Compute } from '@toogit/worker';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Independent jobs that nobody has requested before, each with the parameters of one block of an attack. */
export function noOpExperiment(jobs: number): NewExperiment {
  const id = randomUUID();
  const planned = Array.from(
    { length: jobs },
    (_, i): PlannedJob<'attack'> => ({
      key: sha256(`${id}/${i}`),
      kind: 'attack',
      version: jobKinds.attack.version,
      resource: 'tensor',
      params: {
        ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 100, targets: 'next', randomStart: false },
        ...{ restarts: 1, gradientSamples: 1, precision: 'float32', block: { start: i, count: 1 } },
      },
      seed: i,
      inputs: {},
      estimate: { flops: 0, bytes: 0 },
    }),
  );
  const spec = { name: 'bench', seed: id };
  return {
    ...{ name: 'bench', spec, resolvedSpec: spec, specDigest: sha256(id), study: null, profile: null },
    plan: {
      jobs: planned,
      steps: [{ name: 'attack', kind: 'attack', jobKeys: planned.map(({ key }) => key) }],
    },
    idempotencyKey: null,
  };
}

/** In place of a compute process: an artifact of one part and one metric, at once. Its bytes are stored nowhere. */
export function noOpCompute(onStart: (claim: Claim) => void = () => {}): Compute {
  return {
    run: async (claim) => {
      onStart(claim);
      return { state: 'succeeded', success: successOf(claim) };
    },
  };
}

function successOf({ jobKey, kind }: Claim): JobSuccess {
  const part = { name: 'perturbations', bytes: 1_000, mediaType: 'application/octet-stream' };
  return {
    artifact: {
      digest: sha256(`artifact of ${jobKey}`),
      type: jobKinds[kind].output,
      bytes: 1_500,
      parts: [{ ...part, sha256: sha256(`part of ${jobKey}`) }],
    },
    result: { succeeded: 1 },
    metrics: [
      { name: 'attackSuccessRate', value: 1, unit: 'fraction', step: null, n: 1, ci95: null, context: {} },
    ],
    peakRssBytes: 100_000_000,
    provenance: { device: 'none' },
  };
}
