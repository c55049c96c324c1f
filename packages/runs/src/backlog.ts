import type { Database } from './database.js';
import type { Backlog } from './runs.js';

/** Index scans over what is not done yet: its cost grows with the backlog, not with the history. */
export function readBacklog(db: Database): Promise<Backlog> {
  return db.run(async (prisma) => {
    const [jobs, experiments, webhooks] = await Promise.all([
      prisma.$queryRaw<Backlog['jobs']>`
        SELECT resource::text, state::text, count(*)::int AS jobs,
          greatest(0, extract(epoch FROM now() - min(state_since)))::float8 AS "oldestSeconds"
        FROM jobs WHERE state IN ('blocked', 'ready', 'running', 'failed') GROUP BY 1, 2`,
      prisma.$queryRaw<Backlog['experiments']>`
        SELECT state::text, count(*)::int AS experiments FROM experiments GROUP BY 1`,
      prisma.webhookDelivery.count({ where: { nextTryAt: { not: null } } }),
    ]);
    return { jobs, experiments, webhooks };
  });
}
