import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { openBlobStore } from '@toogit/artifacts';
import { reconcile, startDispatcher } from '@toogit/dispatch';
import { waitFor } from '@toogit/testkit';
import { Queue } from 'bullmq';
import type { Cluster } from './cluster.js';
import type { Spoilt } from './faults/spoilt.js';
import { holdersOf, jobRows, withDependents } from './job-rows.js';

const settleMs = 60_000;

/** What a deep reconciliation finds and mends, as an operator would run it. */
export async function reconcileAll({ runs, redis, store }: Cluster) {
  const connection = { driver: 'redis', url: redis.url } as const;
  const dispatcher = await startDispatcher({ connection, runs, onError: () => undefined });
  try {
    const stores = { runs, blobs: await openBlobStore(store.config), push: dispatcher.push };
    return await reconcile(stores, { dryRun: false, deep: true });
  } finally {
    await dispatcher.close();
  }
}

/** What is wrong with the results; digests are compared with those of the undisturbed run, if there are any yet. */
export async function checkResults(
  cluster: Cluster,
  expected: ReadonlyMap<string, string> | null,
  spoilt: Spoilt,
): Promise<string[]> {
  return [
    ...(await checkExperiments(cluster)),
    ...(await checkJobs(cluster, expected, spoilt)),
    ...(await checkWhiteBox(cluster)),
    ...(await checkMetrics(cluster)),
    ...(await checkBlobs(cluster)),
    ...(await checkUploads(cluster)),
    ...(await checkQueues(cluster)),
  ];
}

async function checkExperiments({ sql, submitter }: Cluster): Promise<string[]> {
  const { rows } = await sql.query<{ id: string; state: string }>('SELECT id::text, state FROM experiments');
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  const wrong = rows
    .filter(({ state }) => state !== 'succeeded')
    .map(({ id, state }) => `experiment ${id} is ${state}`);
  for (const [name, ids] of submitter.accepted) {
    if (ids.size > 1) wrong.push(`Idempotency-Key ${name} made ${ids.size} experiments`);
    for (const id of ids) if (!states.has(id)) wrong.push(`experiment ${id} was accepted and is gone`);
  }
  return wrong;
}

async function checkJobs(
  { sql }: Cluster,
  expected: ReadonlyMap<string, string> | null,
  spoilt: Spoilt,
): Promise<string[]> {
  const wrong: string[] = [];
  const ofOtherNetworks = await withDependents(sql, spoilt.networks);
  // What they held when it was spoilt is not known any more.
  const remade = new Set([...ofOtherNetworks, ...(await holdersOf(sql, spoilt.digests))]);
  for (const { key, kind, state, digest, succeeded, open } of await jobRows(sql)) {
    const job = `${kind} job ${key}`;
    if (state !== 'succeeded') wrong.push(`${job} is ${state}`);
    if (open > 0) wrong.push(`${job} has ${open} attempts without an outcome`);
    // A job whose blob was spoilt has been made again, and each time accepted.
    if (succeeded !== 1 && !(remade.has(key) && succeeded > 1))
      wrong.push(`${job} has ${succeeded} accepted results`);
    const wanted = expected?.get(key);
    if (expected !== null && wanted !== digest && !ofOtherNetworks.has(key))
      wrong.push(`${job} made ${digest}, undisturbed ${wanted}`);
  }
  return wrong;
}

/** All experiments attack the network that they evaluate, even if it was trained again meanwhile. */
async function checkWhiteBox({ sql }: Cluster): Promise<string[]> {
  const { rows } = await sql.query<{ key: string }>(
    `SELECT key FROM jobs WHERE kind = 'evaluate' AND state = 'succeeded'
       AND result #>> '{adversarial,whiteBox}' IS DISTINCT FROM 'true'`,
  );
  return rows.map(({ key }) => `evaluate job ${key} is not white-box`);
}

async function checkMetrics({ sql }: Cluster): Promise<string[]> {
  const { rows } = await sql.query<{ job_key: string; name: string; n: number }>(
    `SELECT job_key, name, count(*)::int AS n FROM metrics GROUP BY job_key, name, step, context::text
     HAVING count(*) > 1`,
  );
  return rows.map(({ job_key, name, n }) => `metric ${name} of job ${job_key} is there ${n} times`);
}

/** Every blob that a result refers to is read, and its bytes hashed, past all code that is under test. */
async function checkBlobs({ sql, store }: Cluster): Promise<string[]> {
  const { rows } = await sql.query<{ digest: string }>(
    `SELECT artifact_digest AS digest FROM jobs WHERE artifact_digest IS NOT NULL
     UNION SELECT sha256 FROM artifact_parts JOIN jobs USING (artifact_digest)`,
  );
  const wrong: string[] = [];
  for (const { digest } of rows) {
    const bytes = await store.read(digest).catch(() => null);
    if (bytes === null) wrong.push(`blob ${digest} is missing`);
    else if (createHash('sha256').update(bytes).digest('hex') !== digest)
      wrong.push(`blob ${digest} is corrupt`);
  }
  return wrong;
}

async function checkUploads({ store }: Cluster): Promise<string[]> {
  const blobs = await openBlobStore(store.config);
  const soon = new Date(Date.now() + 3_600_000);
  // A directory keeps what a killed writer had begun until maintenance removes it.
  if (store.url === null) await blobs.removeOrphanedUploads(soon, { dryRun: false });
  const { uploads } = await blobs.removeOrphanedUploads(soon, { dryRun: true });
  return uploads > 0 ? [`${uploads} uploads are unfinished`] : [];
}

/** With idle workers, every delivery is taken in the end. */
async function checkQueues({ redis }: Cluster): Promise<string[]> {
  const connection = { url: redis.url };
  const queues = ['toogit-tensor', 'toogit-cpu'].map((name) => new Queue(name, { connection }));
  const counts = () => Promise.all(queues.map((queue) => queue.getJobCounts()));
  try {
    const empty = async () =>
      (await counts()).every((count) => Object.values(count).every((deliveries) => deliveries === 0));
    return await waitFor(empty, settleMs).then(
      () => [],
      async () => [`deliveries remain in the queues: ${JSON.stringify(await counts())}`],
    );
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}

/** While the service runs on: no process but its own, no lock that is not given back. */
export async function checkLive(cluster: Cluster): Promise<string[]> {
  const orphans = async () => {
    const parents = cluster.workers.map(({ pid }) => pid);
    const own = [cluster.api.pid, ...parents];
    return (await markedProcesses(cluster.mark)).filter(
      ({ pid, parent }) => !own.includes(pid) && !parents.includes(parent),
    );
  };
  return [...(await noneLeft(orphans)), ...(await checkLocks(cluster))];
}

/** After the service has stopped: nothing of it is left. */
export async function checkStopped(cluster: Cluster): Promise<string[]> {
  return [...(await noneLeft(() => markedProcesses(cluster.mark))), ...(await checkLocks(cluster))];
}

async function noneLeft(orphans: () => Promise<MarkedProcess[]>): Promise<string[]> {
  return waitFor(async () => (await orphans()).length === 0, 15_000).then(
    () => [],
    async () => (await orphans()).map(({ pid, command }) => `orphan: ${pid} ${command}`),
  );
}

async function checkLocks({ sql }: Cluster): Promise<string[]> {
  const locks = async () => {
    const { rows } = await sql.query<{ objid: number }>(
      `SELECT objid FROM pg_locks WHERE locktype = 'advisory'`,
    );
    return rows.map(({ objid }) => `advisory lock ${objid} is held`);
  };
  return waitFor(async () => (await locks()).length === 0, 15_000).then(() => [], locks);
}

interface MarkedProcess {
  pid: number;
  parent: number;
  command: string;
}

/** Processes that inherited the mark, whoever their parent is by now (Linux). */
async function markedProcesses(mark: string): Promise<MarkedProcess[]> {
  const found: MarkedProcess[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`TOOGIT_FAULTS_MARK=${mark}`)) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    found.push({
      pid: Number(pid),
      parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]),
      command: command.replaceAll('\0', ' ').trim(),
    });
  }
  return found;
}
