import { type Database, json } from './database.js';
import type { WebhookDelivery } from './runs.js';

/** How long whoever took a delivery has to say what became of it. */
const leaseSeconds = 60;

interface DueRow extends Omit<WebhookDelivery, 'experiment' | 'endedAt'> {
  ended_at: Date;
  experiment: WebhookDelivery['experiment'];
}

export async function takeWebhookDeliveries(db: Database, limit: number): Promise<WebhookDelivery[]> {
  const rows = await db.run(
    (prisma) => prisma.$queryRaw<DueRow[]>`
      WITH due AS (
        UPDATE webhook_deliveries SET tries = tries + 1,
          next_try_at = now() + interval '1 second' * ${leaseSeconds}::int
        WHERE id IN (
          SELECT id FROM webhook_deliveries WHERE next_try_at <= now()
          ORDER BY next_try_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING id, experiment_id, state, ended_at, tries)
      SELECT due.id::text, due.tries, due.ended_at, w.url, w.secret,
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
