import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedJob } from '@toogit/catalogue';
import { waitFor } from '@toogit/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { corrupt } from './corrupt.js';
import { computeChildrenOf, deadlineMs, experiment, isAlive, TestEnvironment } from './test-environment.js';

describe.skipIf(process.platform !== 'linux')('a worker', () => {
  let undisturbed: Record<string, string | null>;
  let environment: TestEnvironment;

  beforeAll(async () => {
    const calm = await TestEnvironment.open();
    try {
      await calm.startWorker();
      undisturbed = await calm.digests(await calm.submit(experiment()));
    } finally {
      await calm.close();
    }
  }, 2 * deadlineMs);

  beforeEach(async () => {
    environment = await TestEnvironment.open();
  });
  afterEach(() => environment.close());

  it(
    'runs a graph to success, with progress, metrics, memory and provenance, and leaves no process',
    async () => {
      const { model, evaluation, all } = experiment();
      const worker = await environment.startWorker();
      const id = await environment.submit(experiment());
      const seen = await waitFor(async () => (await environment.jobOf(model)).progress, deadlineMs);
      expect(seen).toMatchObject({ unit: 'images', total: 60 * 96 });
      expect(await environment.digests(id)).toEqual(undisturbed);
      expect(Object.keys(undisturbed)).toHaveLength(all.length);
      const { items: metrics } = await environment.runs.listMetrics(id, {
        name: 'robustAccuracy',
        limit: 200,
      });
      expect(metrics).toMatchObject([{ jobKey: evaluation.key, n: 96, context: { whiteBox: true } }]);
      const [attempt] = (await environment.jobOf(model)).attempts;
      expect(attempt).toMatchObject({ outcome: 'succeeded', provenance: { device: 'cpu', threads: 1 } });
      expect(attempt?.peakRssBytes).toBeGreaterThan(50e6);
      const children = await computeChildrenOf(process.pid);
      expect(children.length).toBeGreaterThan(0);
      await worker.close();
      expect(children.filter(isAlive)).toEqual([]);
    },
    2 * deadlineMs,
  );

  it(
    'goes on from a checkpoint when its child is killed in a training, to the same digests',
    async () => {
      const { model } = experiment();
      await environment.startWorker();
      const id = await environment.submit(experiment());
      await waitFor(async () => ((await environment.jobOf(model)).progress?.done ?? 0) > 8 * 96, deadlineMs);
      for (const child of await computeChildrenOf(process.pid)) process.kill(child, 'SIGKILL');
      expect(await environment.digests(id)).toEqual(undisturbed);
      const { attempts } = await environment.jobOf(model);
      expect(attempts).toMatchObject([
        { outcome: 'failed', error: { code: 'COMPUTE_CRASHED' } },
        { outcome: 'succeeded' },
      ]);
      const resumed = environment.claims.find(({ jobKey, attempt }) => jobKey === model.key && attempt === 2);
      // The first: another is stored after ten seconds at the earliest.
      expect(resumed?.checkpoint?.step).toBeGreaterThanOrEqual(2 * 3);
    },
    2 * deadlineMs,
  );

  it(
    'leaves an attack to another worker when it is killed itself, with the same digests',
    async () => {
      const { blocks } = experiment();
      const first = environment.startWorkerProcess('first');
      const id = await environment.submit(experiment());
      // Not until it has said how far it is: a fast machine may be done by then.
      const isUnderWay = async (block: PlannedJob) => (await environment.jobOf(block)).state === 'running';
      await waitFor(async () => (await Promise.all(blocks.map(isUnderWay))).includes(true), deadlineMs);
      const orphans = await computeChildrenOf(first.pid as number);
      first.kill('SIGKILL');
      await environment.startWorker('second');
      expect(await environment.digests(id)).toEqual(undisturbed);
      const attempts = (await Promise.all(blocks.map((block) => environment.jobOf(block)))).flatMap(
        (b) => b.attempts,
      );
      expect(attempts.map(({ workerId, outcome }) => `${workerId} ${outcome}`)).toEqual(
        expect.arrayContaining(['first expired', 'second succeeded']),
      );
      await waitFor(() => !orphans.some(isAlive));
    },
    2 * deadlineMs,
  );

  it(
    'has a corrupt artifact made again, and comes to the same digests',
    async () => {
      const { model, blocks } = experiment();
      const worker = await environment.startWorker();
      const id = await environment.submit(experiment());
      await waitFor(async () => (await environment.jobOf(model)).state === 'succeeded', deadlineMs);
      await worker.close();
      const { parts } = await environment.runs.getArtifact(
        (await environment.jobOf(model)).artifactDigest as string,
      );
      await corrupt(environment.directory, parts[0]?.sha256 as string);
      await environment.startWorker('second');
      expect(await environment.digests(id)).toEqual(undisturbed);
      expect((await environment.jobOf(model)).attempts.map(({ outcome }) => outcome)).toEqual([
        'succeeded',
        'succeeded',
      ]);
      const hit = (await Promise.all(blocks.map((block) => environment.jobOf(block)))).flatMap(
        (b) => b.attempts,
      );
      expect(hit.map(({ error }) => error?.code)).toContain('ARTIFACT_CORRUPT');
      expect(await readdir(join(environment.directory, 'quarantine'))).not.toEqual([]);
    },
    2 * deadlineMs,
  );

  it(
    'stops a computation whose experiment is cancelled',
    async () => {
      const endless = experiment({ epochs: 1_000_000, checkpointEveryEpochs: 1_000_000 });
      await environment.startWorker();
      const id = await environment.submit(endless);
      await waitFor(async () => (await environment.jobOf(endless.model)).progress, deadlineMs);
      const cancelled = Date.now();
      await environment.runs.cancelExperiment(id);
      await waitFor(async () => (await environment.jobOf(endless.model)).state === 'cancelled', deadlineMs);
      expect(Date.now() - cancelled).toBeLessThan(2_000);
      const { attempts } = await environment.jobOf(endless.model);
      expect(attempts).toMatchObject([{ outcome: 'cancelled' }]);
    },
    deadlineMs,
  );

  it(
    'gives its job back on SIGTERM, not counted, and ends with all its processes',
    async () => {
      const endless = experiment({ epochs: 1_000_000, checkpointEveryEpochs: 1_000_000 });
      const worker = environment.startWorkerProcess('leaving');
      await environment.submit(endless);
      await waitFor(async () => (await environment.jobOf(endless.model)).progress, deadlineMs);
      const children = await computeChildrenOf(worker.pid as number);
      worker.kill('SIGTERM');
      await waitFor(() => worker.exitCode !== null || worker.signalCode !== null, deadlineMs);
      expect(worker.exitCode).toBe(0);
      const { state, attempts } = await environment.jobOf(endless.model);
      expect(state).toBe('ready');
      expect(attempts).toMatchObject([{ outcome: 'released' }]);
      // It had none of its own accord: this is where it stopped.
      const next = await environment.runs.claim(endless.model.key, 'next');
      expect(next?.checkpoint?.step).toBeGreaterThan(0);
      expect(children.filter(isAlive)).toEqual([]);
    },
    deadlineMs,
  );
});
