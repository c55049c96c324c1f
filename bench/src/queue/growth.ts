import { randomUUID } from 'node:crypto';
import { jobKinds } from '@toogit/catalogue';
import { Redis } from 'ioredis';
import pg from 'pg';
import { median } from '../statistics.js';
import { noOpCompute, noOpExperiment } from './no-op.js';
import { type QueueServices, startQueueServices } from './services.js';

export interface GrowthOptions {
  json: boolean;
  ready: string;
  experiments: string;
}

interface Row {
  ready: number;
  experiments: number;
  /** Milliseconds, medians. */
  claimOneMs: number;
  claimFiftyMs: number;
  succeedOneMs: number;
  /** Tables and indexes, of a job that waits. */
  postgresBytesPerJob: number;
}

const note = (line: string) => process.stderr.write(`${line}\n`);

/** What grows with the jobs that wait, and with the experiments that they are of. */
export async function growth({ json, ready, experiments }: GrowthOptions): Promise<void> {
  const services = await startQueueServices();
  const client = new pg.Client({ connectionString: services.databaseUrl });
  await client.connect();
  try {
    const rows: Row[] = [];
    for (const jobs of ready.split(',').map(Number)) {
      for (const count of experiments.split(',').map(Number)) {
        const row = await measure(services, client, jobs, count);
        rows.push(row);
        note(
          `${jobs} ready jobs of ${count} experiments: claim of one ${row.claimOneMs.toFixed(1)} ms, of fifty ${row.claimFiftyMs.toFixed(1)} ms, success ${row.succeedOneMs.toFixed(1)} ms, ${row.postgresBytesPerJob.toFixed(0)} bytes a job`,
        );
      }
    }
    const redisBytes = await redisBytesPerNotification(services);
    note(`${redisBytes.toFixed(0)} bytes of Redis a notification`);
    if (json) process.stdout.write(`${JSON.stringify({ name: 'growth', rows, redisBytes })}\n`);
  } finally {
    await client.end();
    await services.stop();
  }
}

async function measure(
  { runs }: QueueServices,
  client: pg.Client,
  jobs: number,
  count: number,
): Promise<Row> {
  await client.query('TRUNCATE experiments, jobs, artifacts, workers CASCADE');
  const empty = await sizeOf(client);
  for (let i = 0; i < count; i++) await runs.createExperiment(noOpExperiment(Math.round(jobs / count)));
  const postgresBytesPerJob = ((await sizeOf(client)) - empty) / jobs;
  const kinds = { attack: jobKinds.attack.version };
  const facts = { release: '0', device: 'none', resources: ['tensor' as const], memoryBytes: 2 ** 30, kinds };
  const worker = { name: 'bench', instance: randomUUID(), ...facts };
  await runs.registerWorker(worker, 30_000);
  const compute = noOpCompute();
  const times = { one: [] as number[], fifty: [] as number[], succeed: [] as number[] };
  for (let i = 0; i < 12; i++) {
    const [claims, oneMs] = await timed(() => runs.claimNext(worker, { resource: 'tensor', limit: 1 }));
    const [more, fiftyMs] = await timed(() => runs.claimNext(worker, { resource: 'tensor', limit: 50 }));
    times.one.push(oneMs);
    times.fifty.push(fiftyMs);
    for (const claim of [...claims, ...more.slice(0, 1)]) {
      const outcome = await compute.run(
        claim,
        { progress() {}, checkpoint() {} },
        new AbortController().signal,
      );
      if (outcome.state !== 'succeeded') continue;
      const [, ms] = await timed(() => runs.succeed(claim, outcome.success));
      times.succeed.push(ms);
    }
  }
  return {
    ...{ ready: jobs, experiments: count, postgresBytesPerJob },
    ...{
      claimOneMs: median(times.one),
      claimFiftyMs: median(times.fifty),
      succeedOneMs: median(times.succeed),
    },
  };
}

async function sizeOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    "SELECT sum(pg_total_relation_size(c)) AS bytes FROM unnest('{jobs,job_edges,experiment_jobs}'::regclass[]) c",
  );
  return Number(rows[0]?.bytes);
}

async function redisBytesPerNotification({ redisUrl, dispatcher }: QueueServices): Promise<number> {
  const redis = new Redis(redisUrl);
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info())?.[1]);
  const before = await used();
  const notifications = 2_000;
  const { jobs } = noOpExperiment(notifications).plan;
  await dispatcher.push(jobs.map((job) => ({ ...job, nextAttempt: 1, delayMs: 0 })));
  const bytes = ((await used()) - before) / notifications;
  redis.disconnect();
  return bytes;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  const answer = await work();
  return [answer, performance.now() - startedAt];
}
