import type { JobKind, Metric } from '@toogit/jobs';
import type { Database } from './database.js';
import type { MetricView } from './views.js';

/** In the order of the plan, and of each job's own reporting. */
export async function listMetrics(
  db: Database,
  experimentId: string,
  { name }: { name?: string },
): Promise<MetricView[]> {
  const members = await db.run((prisma) =>
    prisma.experimentJob.findMany({
      where: { experimentId },
      orderBy: { position: 'asc' },
      select: {
        step: true,
        job: {
          select: {
            key: true,
            kind: true,
            metrics: { where: name === undefined ? {} : { name }, orderBy: { position: 'asc' } },
          },
        },
      },
    }),
  );
  return members.flatMap(({ step: stepName, job }) =>
    job.metrics.map(({ name, value, unit, step, n, ci95, context }) => ({
      ...{ name, value, unit, step, n },
      ci95: ci95 as Metric['ci95'],
      context: context as Metric['context'],
      ...{ jobKey: job.key, stepName, kind: job.kind as JobKind },
    })),
  );
}
