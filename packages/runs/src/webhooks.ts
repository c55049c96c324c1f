import { type Database, json } from './database.js';
import type { WebhookDelivery, WebhookExceptions } from './runs.js';

/** How long the process that took a delivery has to record its result. */
const leaseSeconds = 60;

interface DueRow extends Omit<WebhookDelivery, 'experiment' | 'endedAt'> {
  ended_at: Date;
  experiment: WebhookDelivery['experiment'];
}

export async function takeWebhookDeliveries(
  db: Database,
  { projects, receivers }: WebhookExceptions,
): Promise<WebhookDelivery[]> {
  const busy = json(receivers);
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<DueRow[]>`
      WITH due AS (
        UPDATE webhook_deliveries SET tries = tries + 1,
          next_try_at = now() + interval '1 second' * ${leaseSeconds}::int
        WHERE id IN (
          SELECT next.id FROM projects p CROSS JOIN LATERAL (
            SELECT d.id FROM webhook_deliveries d
            WHERE d.project_id = p.id AND d.next_try_at <= now() AND NOT EXISTS (
              SELECT FROM jsonb_to_recordset(${busy}::jsonb) AS busy("projectId" text, receiver text)
              WHERE busy."projectId" = p.id AND busy.receiver = d.receiver)
            ORDER BY d.next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED) next
          WHERE p.id <> ALL (${projects}::text[]))
        RETURNING id, experiment_id, project_id, receiver, state, ended_at, tries)
      SELECT due.id::text, due.project_id AS "projectId", due.receiver, due.tries, due.ended_at, w.url, w.secret,
        jsonb_build_object('id', e.id, 'name', e.name, 'study', e.study, 'profile', e.profile,
          'specDigest', e.spec_digest, 'state', due.state) AS experiment
      FROM due JOIN webhooks w USING (experiment_id) JOIN experiments e ON e.id = due.experiment_id`,
  );
  return rows.map(({ ended_at, ...row }) => ({ ...row, endedAt: ended_at.toISOString() }));
}

export async function webhookDelivered(db: Database, id: string): Promise<void> {
  await db.run(
    (prisma) => prisma.$executeRaw`
      UPDATE webhook_deliveries SET delivered_at = now(), next_try_at = NULL, last_error = NULL
      WHERE id = ${id}::uuid`,
  );
}

/** A try that was overtaken by a success leaves it at that. */
export async function webhookFailed(
  db: Database,
  id: string,
  reason: string,
  retryInMs: number | null,
): Promise<void> {
  const error = json(reason);
  await db.run(
    (prisma) => prisma.$executeRaw`
      UPDATE webhook_deliveries SET last_error = ${error}::jsonb #>> '{}',
        next_try_at = now() + interval '1 millisecond' * ${retryInMs}::float8
      WHERE id = ${id}::uuid AND delivered_at IS NULL`,
  );
}
