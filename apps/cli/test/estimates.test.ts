import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, PlanSummary } from '@toogit/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processTree } from './process-tree.js';
import { type RunningUp, runToogit, startUp } from './running-up.js';

/** Seconds of a machine that does nothing else: beside other tests they mean nothing. */
const inCi = process.env.CI !== undefined && process.env.CI !== '';
const minutes = 60_000;

/** Jobs of every kind. */
const specOf = (seed: number) => `
name: every kind
seed: ${seed}
steps:
  train-set: { kind: dataset, dataset: cifar10, split: train, examples: 2000 }
  test-set: { kind: dataset, dataset: cifar10, split: test, examples: 500 }
  standard: { kind: train, dataset: train-set, architecture: resnet9, width: 0.125, epochs: 3 }
  robust: { kind: train, dataset: train-set, architecture: resnet9, width: 0.125, epochs: 1, adversarial: { norm: l2, epsilon: 0.5, steps: 5 } }
  attack-next: { kind: attack, sourceModel: standard, dataset: train-set, examples: 1000, norm: l2, epsilon: 0.5, steps: 20, targets: next, blockSize: 250 }
  d_det: { kind: synthesize, construction: d_det, examples: attack-next }
  fresh: { kind: train, dataset: d_det, architecture: vgg16, width: 0.125, epochs: 2 }
  attack-standard: { kind: attack, sourceModel: standard, dataset: test-set, norm: l2, epsilon: 0.5, steps: 20, targets: none }
  attack-fresh: { kind: attack, sourceModel: fresh, dataset: test-set, norm: l2, epsilon: 0.5, steps: 20, targets: none }
  evaluate-standard: { kind: evaluate, model: standard, dataset: test-set, attack: attack-standard }
  evaluate-fresh: { kind: evaluate, model: fresh, dataset: test-set, attack: attack-fresh }
  transfer:
    kind: transfer-matrix
    models:
      - { name: standard, model: standard, attack: attack-standard }
      - { name: fresh, model: fresh, attack: attack-fresh }
  inversion: { kind: invert, model: robust, dataset: train-set, examples: 500, steps: 30, blockSize: 250 }
  responses: { kind: feature-responses, model: robust, dataset: test-set, examples: 50, norm: l2, epsilon: 0.5, steps: 5, blockSize: 25 }
  usefulness: { kind: feature-usefulness, responses: responses }
  patterns: { kind: patterns, examples: attack-next }
  theory: { kind: theory, dimensions: [2, 8, 32], epsilons: [0.5, 1] }
  report:
    kind: report
    figures: [{ kind: accuracy, rows: [{ trainedOn: D_det, evaluations: [evaluate-fresh] }] }]
`;

describe.runIf(inCi).sequential('estimates of time, against what jobs take (CI sets CI)', () => {
  let directory: string;
  let up: RunningUp;
  const cli = (...args: string[]) => runToogit([...args, '--url', up.url]);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'toogit-estimates-'));
    up = await startUp(join(directory, 'state'), ['--device', 'cpu']);
  }, 2 * minutes);
  afterAll(async () => {
    await up.end('SIGTERM');
    for (const { pid } of await processTree(up.pid, directory)) process.kill(pid, 'SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }, 2 * minutes);

  async function planned(seed: number): Promise<{ spec: string; plan: PlanSummary }> {
    const spec = join(directory, `${seed}.yaml`);
    await writeFile(spec, specOf(seed));
    const { out } = await cli('plan', spec, '--json');
    return { spec, plan: JSON.parse(out) };
  }

  async function secondsOf(spec: string, kinds: Set<string>): Promise<number | null> {
    const id = (await cli('submit', spec)).out.trim();
    const watched = await cli('watch', id, '--json');
    const answer = await fetch(`${up.url}/v1/experiments/${id}/jobs`);
    const { items } = (await answer.json()) as { items: Job[] };
    if (items.some(({ error }) => error?.code === 'DATASET_UNAVAILABLE')) return null;
    expect(watched.code).toBe(0);
    return (
      items
        .filter(({ kind }) => kinds.has(kind))
        .reduce(
          (sum, { startedAt, finishedAt }) =>
            sum + Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? ''),
          0,
        ) / 1000
    );
  }

  const basisOf = ({ estimates }: PlanSummary, kind: string) =>
    estimates.find((each) => each.kind === kind)?.basis;

  it.for([
    ['a probe', 0, 'probe'],
    ['past jobs', 1, 'measured'],
  ] as const)(
    'are within a factor of two from %s',
    { timeout: 20 * minutes },
    async ([, seed, basis], context) => {
      await expect
        .poll(async () => basisOf((await planned(seed)).plan, 'train'), { timeout: minutes, interval: 500 })
        .toBe(basis);
      const { spec, plan } = await planned(seed);
      const kinds = new Set<string>(plan.estimates.map(({ kind }) => kind));
      const seconds = await secondsOf(spec, kinds);
      if (seconds === null) return context.skip('needs CIFAR-10');
      expect(plan.estimatedSeconds / seconds).toBeGreaterThan(0.5);
      expect(plan.estimatedSeconds / seconds).toBeLessThan(2);
    },
  );
});
