import { createHash } from 'node:crypto';
import type { PlannedJob } from '@toogit/catalogue';
import { type SerializedError, ToogitError } from '@toogit/core';
import { expect } from 'vitest';
import type { NewExperiment, Runs } from '../src/runs.js';
import type { Claim, JobSuccess } from '../src/work.js';

/** Job names to the names they depend on, dependencies first. */
export type Graph = Record<string, string[]>;

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Of an attack (5 attempts); `world` keeps tests apart that share a database. */
export function keyOf(world: string, name: string): string {
  return sha256(`${world}/${name}`);
}

export function experimentOf(world: string, graph: Graph, more: Partial<NewExperiment> = {}): NewExperiment {
  const jobs = Object.entries(graph).map(
    ([name, inputs]): PlannedJob<'attack'> => ({
      key: keyOf(world, name),
      kind: 'attack',
      version: 1,
      resource: 'tensor',
      params: {
        ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 100, targets: 'next', randomStart: false },
        ...{ restarts: 1, gradientSamples: 1, precision: 'float32', block: { start: 0, count: 8 } },
      },
      seed: Number.MAX_SAFE_INTEGER,
      inputs: { dataset: inputs.map((input) => keyOf(world, input)) },
      estimate: { flops: 1e12, bytes: 1e6 },
    }),
  );
  return {
    ...{
      name: world,
      spec: { world },
      resolvedSpec: { world },
      specDigest: sha256(world),
      study: null,
      profile: null,
    },
    plan: {
      jobs,
      steps: jobs.map(({ key }, index) => ({
        name: Object.keys(graph)[index] ?? '',
        kind: 'attack',
        jobKeys: [key],
      })),
    },
    idempotencyKey: null,
    ...more,
  };
}

export function successOf(claim: { jobKey: string }, tag = ''): JobSuccess {
  const digest = sha256(`artifact of ${claim.jobKey}${tag}`);
  const part = {
    name: 'images',
    sha256: sha256(`part of ${digest}`),
    bytes: 3_000_000_000,
    mediaType: 'application/octet-stream',
  };
  return {
    artifact: { digest, type: 'adversarialExamples', bytes: 3_000_000_100, parts: [part] },
    result: { succeeded: 7 },
    metrics: [
      {
        name: 'attackSuccessRate',
        value: 0.875,
        unit: 'fraction',
        step: null,
        n: 8,
        ci95: [0.5, 0.99],
        context: { seed: 1 },
      },
      { name: 'loss', value: 0.1, unit: '1', step: 3, n: null, ci95: null, context: {} },
    ],
    peakRssBytes: 5_000_000_000,
    provenance: { device: 'cpu' },
  };
}

export async function claimed(runs: Runs, jobKey: string, workerId = 'worker-1'): Promise<Claim> {
  const claim = await runs.claim(jobKey, workerId);
  if (!claim) throw new Error(`${jobKey} is ${(await runs.getJob(jobKey)).state}, not ready`);
  return claim;
}

export async function complete(runs: Runs, jobKey: string) {
  const claim = await claimed(runs, jobKey);
  return runs.succeed(claim, successOf(claim));
}

export const crash = new ToogitError('COMPUTE_CRASHED', 'killed').toJSON();
export const diverged = new ToogitError('TRAINING_DIVERGED', 'loss is NaN').toJSON();
export const noRss = { peakRssBytes: null };

/** Fails the attempt; the next one is then a random pause away, between half of `longestMs` and all of it. */
export async function failsAndWaits(runs: Runs, claim: Claim, error: SerializedError, longestMs: number) {
  const startedAt = performance.now();
  const [again] = await runs.fail(claim, error, noRss);
  const delayMs = again?.delayMs ?? Number.NaN;
  expect(delayMs).toBeLessThanOrEqual(longestMs);
  // What is left of the pause when the call returns: a slow database has used up a part of it.
  expect(delayMs + performance.now() - startedAt).toBeGreaterThanOrEqual(longestMs / 2);
  return again;
}

let worlds = 0;

/** A new experiment with this graph, among jobs of its own. */
export async function submitted(runs: Runs, graph: Graph) {
  const world = `world ${++worlds}`;
  const key = (name: string) => keyOf(world, name);
  const { experiment, ready } = await runs.createExperiment(experimentOf(world, graph));
  const states = async () => {
    const found = await runs.jobStates(Object.keys(graph).map(key));
    return Object.fromEntries(Object.keys(graph).map((name) => [name, found.get(key(name))]));
  };
  const state = async () => (await runs.getExperiment(experiment.id)).state;
  return { id: experiment.id, world, key, ready, states, state };
}
