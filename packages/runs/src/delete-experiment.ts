import { ToogitError } from '@toogit/core';
import { notFound, type Transaction, uuid } from './database.js';

/**
 * Forgets an experiment. Its jobs and artifacts stay until garbage collection finds that no other experiment holds them.
 * @throws NOT_FOUND, CONFLICT while it runs
 */
export async function deleteExperiment(tx: Transaction, id: string): Promise<void> {
  if (!uuid.test(id)) throw notFound('experiment', id);
  const rows = await tx.$queryRaw<{ state: string }[]>`
    SELECT state::text FROM experiments WHERE id = ${id}::uuid FOR UPDATE`;
  if (!rows[0]) throw notFound('experiment', id);
  if (rows[0].state === 'running') {
    throw new ToogitError('CONFLICT', `Experiment ${id} is running; cancel it first.`);
  }
  await tx.$executeRaw`DELETE FROM experiments WHERE id = ${id}::uuid`;
}
