import { type Page, type PageQuery, pageInOrder, placeIn } from './cursor.js';
import type { Database } from './database.js';
import type { MetricView } from './views.js';

type MetricRow = MetricView & { place: number; position: number };

/** In the order of the plan, and of each job's own reporting. */
export async function listMetrics(
  db: Database,
  experimentId: string,
  { name = null, limit, cursor }: PageQuery & { name?: string | null },
): Promise<Page<MetricView>> {
  const list = `metrics of ${experimentId}`;
  const [job, metric] = placeIn(list, cursor);
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<MetricRow[]>`
      SELECT w.position AS place, m.position, m.name, m.value, m.unit, m.step, m.n, m.ci95, m.context,
        m.job_key AS "jobKey", w.step AS "stepName", j.kind
      FROM experiment_jobs w JOIN metrics m ON m.job_key = w.job_key JOIN jobs j ON j.key = w.job_key
      WHERE w.experiment_id = ${experimentId}::uuid AND w.position >= ${job}
        AND (w.position > ${job} OR m.position > ${metric})
        AND (${name}::text IS NULL OR m.name = ${name})
      ORDER BY w.position, m.position LIMIT ${limit + 1}`,
  );
  const page = pageInOrder(rows, limit, list, ({ place, position }) => [place, position]);
  return { ...page, items: page.items.map(({ place: _, position: __, ...view }) => view) };
}
