import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { JobParams, PlannedJob } from '@toogit/catalogue';
import { waitFor } from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeChildrenOf, experiment, isAlive, TestEnvironment } from './test-environment.js';

const hourMs = 3_600_000;
/** For a machine that is busy with other things; alone it takes a minute in all. */
const deadlineMs = 400_000;
const endless = { epochs: 1_000_000, checkpointEveryEpochs: 1_000_000 };

/** A data set and one training on it. */
function training(params: Partial<JobParams<'train'>>) {
  const { data, model } = experiment(params);
  return { data, model, all: [data, model] };
}

const clock = (shiftMs: number) => ({
  CLOCK_SHIFT_MS: String(shiftMs),
  NODE_OPTIONS: `--import ${new URL('shifted-clock.mjs', import.meta.url).href}`,
});

/** Several workers, each a process of its own, on one database. The tests follow each other in one environment. */
describe.skipIf(process.platform !== 'linux').sequential('workers, as processes', () => {
  // Ten seconds and more on a fast machine: heartbeats, which tell it to yield, are a second apart.
  const long = training({ epochs: 2_000, checkpointEveryEpochs: 2_000 });
  let undisturbed: Record<string, string | null>;
  let environment: TestEnvironment;
  let ahead: ChildProcess;
  let behind: ChildProcess;

  beforeAll(async () => {
    const calm = await TestEnvironment.open();
    try {
      await calm.startWorker();
      undisturbed = await calm.digests(await calm.submit(long), deadlineMs);
    } finally {
      await calm.close();
    }
    environment = await TestEnvironment.open();
    ahead = environment.startWorkerProcess('an-hour-ahead', clock(hourMs));
    behind = environment.startWorkerProcess('an-hour-behind', clock(-hourMs));
    await waitFor(async () => (await environment.runs.listWorkers()).length === 2, deadlineMs);
  }, 2 * deadlineMs);
  afterAll(() => environment.close());

  /** How far an attempt has got when it first says so: it goes on from a checkpoint, or begins at 0. */
  const progressIn = (job: PlannedJob, wanted: number) =>
    waitFor(async () => {
      const { attempt, progress } = await environment.jobOf(job);
      return attempt === wanted && progress?.done;
    }, deadlineMs);
  const progressOf = async (job: PlannedJob) => (await environment.jobOf(job)).progress?.done ?? 0;

  it(
    'whose clocks are two hours apart work together: every time that decides is the database’s',
    async () => {
      const { all, data, blocks } = experiment();
      const id = await environment.submit({ all, data });
      const digests = await environment.digests(id, deadlineMs);
      expect(Object.keys(digests)).toHaveLength(all.length);
      const jobs = (await environment.runs.listJobs(id, { limit: 200 })).items.filter(
        ({ key }) => key !== data.key,
      );
      const attempts = jobs.flatMap((job) => job.attempts);
      // Nobody was taken for silent, and no time is an hour off.
      expect(attempts.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'succeeded'));
      for (const { startedAt, endedAt } of attempts) {
        for (const at of [startedAt, endedAt]) {
          expect(Math.abs(Date.parse(at as string) - Date.now())).toBeLessThan(deadlineMs);
        }
      }
      const heard = (await environment.runs.listWorkers()).map(({ heartbeatAt }) => Date.parse(heartbeatAt));
      for (const at of heard) expect(Math.abs(at - Date.now())).toBeLessThan(30_000);
      const attackers = await Promise.all(blocks.map((block) => environment.jobOf(block)));
      const names = attackers.flatMap((job) => job.attempts.map(({ workerId }) => workerId));
      // Which is free first is up to them; in the last test one goes on where another, an hour ahead, has stopped.
      for (const name of names) expect(['an-hour-ahead', 'an-hour-behind']).toContain(name);
    },
    deadlineMs,
  );

  it(
    'are refused a name that another has',
    async () => {
      const second = environment.startWorkerProcess('an-hour-ahead');
      const [complaint, [exitCode]] = await Promise.all([
        text(second.stderr as NodeJS.ReadableStream),
        once(second, 'exit'),
      ]);
      expect(exitCode).toBe(1);
      expect(complaint).toMatch(/^WORKER_NAME_TAKEN: .*an-hour-ahead/m);
      expect((await environment.runs.listWorkers()).map(({ running }) => running)).toEqual([0, 0]);
    },
    deadlineMs,
  );

  it(
    'pass over a job of a newer release and take the others',
    async () => {
      const { data, model } = training({ epochs: 2 });
      const newer = training({ epochs: 3 }).model;
      const id = await environment.submit({
        data,
        all: [data, model, { ...newer, version: newer.version + 1 }],
      });
      await waitFor(async () => (await environment.jobOf(model)).state === 'succeeded', deadlineMs);
      expect(await environment.jobOf(newer)).toMatchObject({
        state: 'ready',
        waitingFor: 'worker',
        attempts: [],
      });
      expect((await environment.runs.backlog()).unmatched).toEqual([{ resource: 'tensor', jobs: 1 }]);
      await environment.runs.cancelExperiment(id);
      expect((await environment.runs.backlog()).unmatched).toEqual([]);
    },
    deadlineMs,
  );

  it(
    'stop a computation within 2 s of its cancel',
    async () => {
      const { data, model, all } = training(endless);
      const id = await environment.submit({ data, all });
      await waitFor(() => progressOf(model), deadlineMs);
      const children = await Promise.all([ahead, behind].map(({ pid }) => computeChildrenOf(pid as number)));
      const cancelledAt = performance.now();
      await environment.runs.cancelExperiment(id);
      await waitFor(async () => (await environment.jobOf(model)).state === 'cancelled', deadlineMs);
      expect(performance.now() - cancelledAt).toBeLessThan(2_000);
      expect((await environment.jobOf(model)).attempts).toMatchObject([{ outcome: 'cancelled' }]);
      // It stopped between two steps: nobody had to be killed.
      expect(children.flat().filter(isAlive)).toEqual(children.flat());
    },
    deadlineMs,
  );

  it(
    'give way to the urgent, are drained, and others end their work with the same digest',
    async () => {
      behind.kill('SIGTERM');
      expect(await once(behind, 'exit')).toEqual([0, null]);

      const id = await environment.submit(long);
      const begun = await progressIn(long.model, 1);
      const got = await waitFor(async () => {
        const done = await progressOf(long.model);
        return done > 3 * begun && done;
      }, deadlineMs);
      const urgent = await environment.submit(training({ epochs: 20 }), { priority: 50 });
      await waitFor(
        async () => (await environment.runs.getExperiment(urgent)).state === 'succeeded',
        deadlineMs,
      );

      expect(await progressIn(long.model, 2)).toBeGreaterThanOrEqual(got);
      const children = await computeChildrenOf(ahead.pid as number);
      ahead.kill('SIGTERM');
      expect(await once(ahead, 'exit')).toEqual([0, null]);
      expect(children.filter(isAlive)).toEqual([]);
      const drained = await progressOf(long.model);

      const next = environment.startWorkerProcess('next');
      expect(await progressIn(long.model, 3)).toBeGreaterThan(drained);
      expect(await environment.digests(id, deadlineMs)).toEqual(undisturbed);
      const { attempts } = await environment.jobOf(long.model);
      expect(attempts.map(({ workerId, outcome }) => `${workerId} ${outcome}`)).toEqual([
        'an-hour-ahead released',
        'an-hour-ahead released',
        'next succeeded',
      ]);
      next.kill('SIGTERM');
      expect(await once(next, 'exit')).toEqual([0, null]);
    },
    2 * deadlineMs,
  );
});
