import type { Database } from './database.js';
import type { Job, Worker } from './generated/client.js';
import type { WaitingFor } from './runs.js';

/** A worker that has been silent for longer is not counted on. */
const silentMs = 30_000;

type Waits = Pick<
  Job,
  'kind' | 'version' | 'state' | 'resource' | 'wantedBy' | 'notBefore' | 'estimatedMemoryBytes'
>;

/** Says what ready jobs wait for; the workers are read only if there are any. */
export async function waitsOf(db: Database, jobs: Waits[]): Promise<(job: Waits) => WaitingFor | null> {
  if (!jobs.some((job) => job.state === 'ready')) return () => null;
  const workers = await db.run((prisma) =>
    prisma.worker.findMany({ where: { heartbeatAt: { gt: new Date(Date.now() - silentMs) } } }),
  );
  return (job) => {
    if (job.state !== 'ready') return null;
    if (job.wantedBy === null) return 'resume';
    if (job.notBefore !== null && job.notBefore.getTime() > Date.now()) return 'backoff';
    return workers.some((worker) => canRun(worker, job)) ? 'turn' : 'worker';
  };
}

function canRun({ resources, kinds, memoryBytes }: Worker, job: Waits): boolean {
  return (
    resources.includes(job.resource) &&
    (kinds as Record<string, number>)[job.kind] === job.version &&
    (job.estimatedMemoryBytes ?? 0) <= memoryBytes
  );
}
