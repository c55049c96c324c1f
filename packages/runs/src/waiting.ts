import type { Reader } from './database.js';
import type { Job, Worker } from './generated/client.js';
import type { WaitingFor } from './views.js';

type Waits = Pick<
  Job,
  'kind' | 'version' | 'state' | 'resource' | 'wantedBy' | 'notBefore' | 'estimatedMemoryBytes'
>;
type Present = Pick<Worker, 'resources' | 'kinds' | 'memoryBytes' | 'storageError'>;

/** Says what ready jobs wait for; the workers are read only if there are any. The clock is the database's. */
export async function waitsOf(db: Reader, jobs: Waits[]): Promise<(job: Waits) => WaitingFor | null> {
  if (!jobs.some((job) => job.state === 'ready')) return () => null;
  const workers = await presentWorkers(db);
  const now = await databaseTime(db);
  return (job) => {
    if (job.state !== 'ready') return null;
    if (job.wantedBy === null) return 'resume';
    if (job.notBefore !== null && job.notBefore > now) return 'backoff';
    const able = workers.filter((worker) => canRun(worker, job));
    if (able.length === 0) return 'worker';
    return able.some(({ storageError }) => storageError === null) ? 'capacity' : 'storage';
  };
}

/** One that has been silent for longer is not counted on. */
const presentWorkers = (db: Reader) =>
  db.run(
    (prisma) => prisma.$queryRaw<Present[]>`
      SELECT resources::text[], kinds, memory_bytes AS "memoryBytes", storage_error AS "storageError" FROM workers
      WHERE heartbeat_at > now() - interval '30 seconds'`,
  );

async function databaseTime(db: Reader): Promise<Date> {
  const rows = await db.run((prisma) => prisma.$queryRaw<[{ now: Date }]>`SELECT now()`);
  return rows[0].now;
}

function canRun({ resources, kinds, memoryBytes }: Present, job: Waits): boolean {
  return (
    resources.includes(job.resource) &&
    (kinds as Record<string, number>)[job.kind] === job.version &&
    (job.estimatedMemoryBytes ?? 0) <= memoryBytes
  );
}
