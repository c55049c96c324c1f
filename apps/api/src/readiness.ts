import { ToogitError } from '@toogit/core';
import type { FastifyBaseLogger } from 'fastify';
import pTimeout from 'p-timeout';
import type { z } from 'zod';
import type { readiness } from './schemas/health.js';
import type { Services } from './services.js';
import { rememberedFor } from './ttl-cache.js';

export type Readiness = z.infer<typeof readiness>;
type Check = Readiness['checks']['database'];

const checkTimeoutMs = 5_000;
/** Checks write to the storage, and anybody may ask: they run at most this often, and once for all who ask meanwhile. */
const rememberMs = 3_000;

/** Whether database, queue and storage answer, with the reason where one doesn't; each change is logged. */
export function readinessOf(
  { runs, dispatcher, blobs }: Services,
  log: FastifyBaseLogger,
): () => Promise<Readiness> {
  let last = 'ready';
  return rememberedFor(rememberMs, async () => {
    const [database, queue, storage] = await Promise.all([
      check(() => runs.check()),
      check(() => dispatcher.check()),
      check(() => blobs.check({ write: true })),
    ]);
    const checks = { database, queue, storage };
    const ready = Object.values(checks).every(({ state }) => state === 'up');
    const status = ready ? ('ready' as const) : ('unavailable' as const);
    if (status !== last) log.warn({ checks }, `readiness: ${status}`);
    last = status;
    return { status, checks };
  });
}

/** What anybody may know: which part fails, but neither paths nor addresses. */
export function withoutReasons({ status, checks }: Readiness): Readiness {
  const stateOf = ({ state }: Check): Check => ({ state, code: null, message: null, next: null });
  const { database, queue, storage } = checks;
  return {
    status,
    checks: { database: stateOf(database), queue: stateOf(queue), storage: stateOf(storage) },
  };
}

async function check(answers: () => Promise<void>): Promise<Check> {
  try {
    await pTimeout(answers(), { milliseconds: checkTimeoutMs });
    return { state: 'up', code: null, message: null, next: null };
  } catch (error) {
    if (!(error instanceof ToogitError)) {
      return { state: 'down', code: null, message: 'It does not answer.', next: null };
    }
    const { code, message, next } = error;
    return { state: 'down', code, message, next };
  }
}
