import type { Database } from './database.js';
import type { Backlog } from './views.js';

/** Index scans over what is not done yet: its cost grows with the backlog, not with the history. */
export function readBacklog(db: Database): Promise<Backlog> {
  return db.run(async (prisma) => {
    const [jobs, unmatched, experiments, webhooks] = await Promise.all([
      prisma.$queryRaw<Backlog['jobs']>`
        SELECT resource::text, state::text, count(*)::int AS jobs,
          greatest(0, extract(epoch FROM now() - min(state_since)))::float8 AS "oldestSeconds"
        FROM jobs WHERE state IN ('blocked', 'ready', 'running', 'failed') GROUP BY 1, 2`,
      prisma.$queryRaw<Backlog['unmatched']>`
        SELECT resource::text, sum(jobs)::int AS jobs FROM (
          SELECT resource, kind, version, estimated_memory_bytes, count(*) AS jobs
          FROM jobs WHERE state = 'ready' AND wanted_by IS NOT NULL GROUP BY 1, 2, 3, 4) job
        WHERE NOT EXISTS (
          SELECT FROM workers w
          WHERE w.heartbeat_at > now() - interval '30 seconds' AND job.resource = ANY (w.resources)
            AND (w.kinds ->> job.kind)::int = job.version
            AND (job.estimated_memory_bytes IS NULL OR job.estimated_memory_bytes <= w.memory_bytes))
        GROUP BY 1`,
      prisma.$queryRaw<Backlog['experiments']>`
        SELECT state::text, count(*)::int AS experiments FROM experiments GROUP BY 1`,
      prisma.webhookDelivery.count({ where: { nextTryAt: { not: null } } }),
    ]);
    return { jobs, unmatched, experiments, webhooks };
  });
}
