import { ToogitError } from '@toogit/core';
import { type Database, json } from './database.js';
import type { WorkerView } from './views.js';
import type { WorkerAnnouncement, WorkerIdentity, WorkerReport } from './work.js';

/** One statement, so that of two processes that claim a name one gets it. */
export async function registerWorker(
  db: Database,
  worker: WorkerAnnouncement,
  leaseMs: number,
): Promise<void> {
  const { name, instance, release, device, resources, memoryBytes, kinds } = worker;
  const count = await db.promptly(
    (prisma) => prisma.$executeRaw`
      INSERT INTO workers (name, instance, release, device, resources, memory_bytes, kinds)
      VALUES (${name}, ${instance}::uuid, ${release}, ${device}, ${resources}::text[]::resource_class[],
        ${memoryBytes}::float8, ${json(kinds)}::jsonb)
      ON CONFLICT (name) DO UPDATE SET instance = excluded.instance, release = excluded.release,
        device = excluded.device, resources = excluded.resources, memory_bytes = excluded.memory_bytes,
        kinds = excluded.kinds, holds = '{}', storage_error = NULL, probe = NULL, started_at = now(), heartbeat_at = now()
      WHERE workers.instance = excluded.instance
        OR workers.heartbeat_at < now() - interval '1 millisecond' * ${leaseMs}::int`,
  );
  if (count === 0) {
    throw new ToogitError('WORKER_NAME_TAKEN', `Another worker is at work under the name ${name}.`);
  }
}

export async function workerHeartbeat(
  db: Database,
  { name, instance }: WorkerIdentity,
  { holds, storageError = null }: WorkerReport,
): Promise<boolean> {
  const count = await db.promptly(
    (prisma) => prisma.$executeRaw`
      UPDATE workers SET heartbeat_at = now(), holds = ${holds}::text[], storage_error = ${storageError}
      WHERE name = ${name} AND instance = ${instance}::uuid`,
  );
  return count === 1;
}

export async function forgetWorker(db: Database, { name, instance }: WorkerIdentity): Promise<void> {
  await db.promptly(
    (prisma) => prisma.$executeRaw`
      DELETE FROM workers WHERE name = ${name} AND instance = ${instance}::uuid`,
  );
}

export async function listWorkers(db: Database): Promise<WorkerView[]> {
  return db.run(async (prisma) => {
    const workers = await prisma.worker.findMany({ orderBy: { name: 'asc' } });
    const running = await prisma.job.groupBy({
      by: ['worker'],
      where: { state: 'running' },
      _count: { key: true },
    });
    const runningOf = new Map(running.map((row) => [row.worker, row._count.key]));
    return workers.map(({ startedAt, heartbeatAt, kinds, probe: _, ...worker }) => ({
      ...worker,
      kinds: kinds as Record<string, number>,
      startedAt: startedAt.toISOString(),
      heartbeatAt: heartbeatAt.toISOString(),
      running: runningOf.get(worker.name) ?? 0,
    }));
  });
}
