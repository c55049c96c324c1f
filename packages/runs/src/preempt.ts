import { type Database, json } from './database.js';

/** So much more urgent a job has to be. */
const clearly = 10;

/** A ready job that no worker is free for. */
export interface Waiting {
  lane: string;
  priority: number;
  kind: string;
  version: number;
  /** null: any worker has the memory. */
  memoryBytes: number | null;
}

/** A running job, and what its worker can run. */
export interface Running {
  key: string;
  attempt: number;
  lane: string;
  priority: number;
  yielding: boolean;
  kinds: Record<string, number>;
  memoryBytes: number;
}

/**
 * For each job that has waited for two seconds and that no worker is free for, the least urgent running job of the same
 * project and resource class whose worker could run it is made to yield, unless one that yields already will do. Projects
 * don't preempt each other: the next free worker is theirs by fair share.
 */
export async function preempt(db: Database): Promise<number> {
  const waiting = await waitingJobs(db);
  if (waiting.length === 0) return 0;
  const chosen = jobsToYield(waiting, await runningJobs(db, waiting));
  return db.run(
    (prisma) => prisma.$executeRaw`
      UPDATE jobs SET yield_requested = true
      FROM jsonb_to_recordset(${json(chosen)}::jsonb) AS chosen(key text, attempt int)
      WHERE jobs.key = chosen.key AND jobs.attempt = chosen.attempt AND state = 'running' AND NOT yield_requested`,
  );
}

/** The most urgent first; each finds the place that suits it and that none before it has got. */
export function jobsToYield(waiting: Waiting[], running: Running[]): Running[] {
  const free = running.toSorted(
    (a, b) =>
      Number(b.yielding) - Number(a.yielding) || a.priority - b.priority || a.memoryBytes - b.memoryBytes,
  );
  const chosen: Running[] = [];
  for (const job of waiting.toSorted((a, b) => b.priority - a.priority)) {
    const place = free.findIndex(
      (each) => canTakeOver(each, job) && (each.yielding || each.priority + clearly <= job.priority),
    );
    chosen.push(...free.splice(place, place < 0 ? 0 : 1).filter(({ yielding }) => !yielding));
  }
  return chosen;
}

function canTakeOver(running: Running, job: Waiting): boolean {
  return (
    running.lane === job.lane &&
    running.kinds[job.kind] === job.version &&
    (job.memoryBytes ?? 0) <= running.memoryBytes
  );
}

/** The first 16 of each project and resource class, in the order of claims. */
function waitingJobs(db: Database): Promise<Waiting[]> {
  return db.run(
    (prisma) => prisma.$queryRaw<Waiting[]>`
      SELECT project_id || ' ' || resource AS lane, priority, kind, version, estimated_memory_bytes AS "memoryBytes"
      FROM (
        SELECT p.id, class FROM projects p, unnest(enum_range(NULL::resource_class)) class
      ) lane, LATERAL (
        SELECT j.* FROM jobs j
        WHERE j.state = 'ready' AND j.wanted_by IS NOT NULL AND j.resource = class AND j.project_id = lane.id
          AND j.ready_at < now() - interval '2 seconds' AND (j.not_before IS NULL OR j.not_before < now())
        ORDER BY -j.priority, j.wanted_by LIMIT 16
      ) first
      WHERE NOT EXISTS (
        SELECT FROM workers w
        WHERE w.heartbeat_at > now() - interval '10 seconds' AND first.resource = ANY (w.resources)
          AND (w.kinds ->> first.kind)::int = first.version
          AND (first.estimated_memory_bytes IS NULL OR first.estimated_memory_bytes <= w.memory_bytes)
          AND NOT EXISTS (
            SELECT FROM jobs j WHERE j.state = 'running' AND j.resource = first.resource AND j.worker = w.name))`,
  );
}

/** The newest first, which have the least to lose. */
function runningJobs(db: Database, waiting: Waiting[]): Promise<Running[]> {
  const lanes = [...new Set(waiting.map(({ lane }) => lane))];
  return db.run(
    (prisma) => prisma.$queryRaw<Running[]>`
      SELECT j.key, j.attempt, project_id || ' ' || resource AS lane, j.priority, j.yield_requested AS yielding,
        w.kinds, w.memory_bytes AS "memoryBytes"
      FROM jobs j JOIN workers w ON w.name = j.worker
      WHERE j.state = 'running' AND NOT j.cancel_requested AND project_id || ' ' || resource = ANY(${lanes}::text[])
      ORDER BY j.turn DESC`,
  );
}
