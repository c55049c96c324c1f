import type { Database } from './database.js';

/** So much more urgent a job has to be. */
const clearly = 10;

/**
 * For each job that has waited for two seconds and that no worker is free for, the least urgent running job of the same
 * project and resource class whose worker could run it is asked to yield, unless enough are asked already. Projects
 * don't preempt each other: the next free worker is theirs by fair share.
 */
export async function preempt(db: Database): Promise<number> {
  return db.run(
    (prisma) => prisma.$executeRaw`
      WITH waiting AS (
        SELECT project_id, resource, priority, kind, version, estimated_memory_bytes AS memory,
          row_number() OVER (PARTITION BY project_id, resource ORDER BY priority DESC, wanted_by, key) AS place
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
              SELECT FROM jobs j WHERE j.state = 'running' AND j.resource = first.resource AND j.worker = w.name))
      ), running AS (
        SELECT j.key, j.project_id, j.resource, j.priority, j.yield_requested, w.kinds, w.memory_bytes,
          row_number() OVER (PARTITION BY j.project_id, j.resource
            ORDER BY j.yield_requested DESC, j.priority, j.turn DESC) AS place
        FROM jobs j JOIN workers w ON w.name = j.worker
        WHERE j.state = 'running' AND NOT j.cancel_requested
      )
      UPDATE jobs SET yield_requested = true
      FROM running JOIN waiting USING (project_id, resource, place)
      WHERE jobs.key = running.key AND jobs.state = 'running' AND NOT running.yield_requested
        AND running.priority + ${clearly}::int <= waiting.priority
        AND (running.kinds ->> waiting.kind)::int = waiting.version
        AND (waiting.memory IS NULL OR waiting.memory <= running.memory_bytes)`,
  );
}
