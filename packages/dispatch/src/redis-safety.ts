import { ToogitError } from '@toogit/core';
import { Redis } from 'ioredis';
import { queueAnswer } from './queue-answer.js';
import { redisLimits } from './redis-driver.js';

/** What the server reports of itself; null where that is forbidden. */
interface RedisSettings {
  maxmemoryPolicy: string | null;
  appendonly: boolean | null;
}

/**
 * A Redis that evicts keys would lose deliveries unseen, one without an append-only file all of them at a restart
 * (which costs a sweep, so `allowVolatile` accepts it).
 * @returns what could not be checked, in a sentence, or null.
 * @throws QUEUE_UNSAFE, QUEUE_UNAVAILABLE
 */
export async function checkRedisSafety(
  url: string,
  { allowVolatile = false }: { allowVolatile?: boolean } = {},
): Promise<string | null> {
  const client = new Redis(url, { ...redisLimits, maxRetriesPerRequest: 3, lazyConnect: true });
  // A connection that breaks fails the command in hand; without a listener it would be printed as well.
  client.on('error', () => {});
  try {
    const settings = await queueAnswer(readSettings(client));
    refuse(settings, allowVolatile);
    return unchecked(settings, allowVolatile);
  } finally {
    client.disconnect();
  }
}

/** INFO has both, also where a provider forbids CONFIG. */
async function readSettings(client: Redis): Promise<RedisSettings> {
  const info = await client.info().catch(forbidden);
  const policy = field(info, 'maxmemory_policy') ?? (await config(client, 'maxmemory-policy'));
  const aof = field(info, 'aof_enabled') ?? (await config(client, 'appendonly'));
  return { maxmemoryPolicy: policy, appendonly: aof === null ? null : aof === '1' || aof === 'yes' };
}

function field(info: string | null, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info ?? '')?.[1] ?? null;
}

async function config(client: Redis, name: string): Promise<string | null> {
  const answer = await client.config('GET', name).catch(forbidden);
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
}

/** A command that this user may not use, or that the provider has removed. */
function forbidden(error: unknown): null {
  if (error instanceof Error && /^(NOPERM|ERR unknown command)/i.test(error.message)) return null;
  throw error;
}

function refuse({ maxmemoryPolicy, appendonly }: RedisSettings, allowVolatile: boolean): void {
  if (maxmemoryPolicy !== null && maxmemoryPolicy !== 'noeviction') {
    throw new ToogitError(
      'QUEUE_UNSAFE',
      `Redis evicts keys when memory is short (maxmemory-policy ${maxmemoryPolicy}), and would lose jobs' deliveries: set maxmemory-policy noeviction.`,
    );
  }
  if (appendonly === false && !allowVolatile) {
    throw new ToogitError(
      'QUEUE_UNSAFE',
      'Redis keeps no append-only file and forgets its queues at a restart: set appendonly yes, or TOOGIT_REDIS_ALLOW_VOLATILE=true to accept that they are rebuilt from Postgres.',
    );
  }
}

function unchecked({ maxmemoryPolicy, appendonly }: RedisSettings, allowVolatile: boolean): string | null {
  const unknown = [
    ...(maxmemoryPolicy === null ? ['maxmemory-policy noeviction'] : []),
    ...(appendonly === null && !allowVolatile ? ['appendonly yes'] : []),
  ];
  if (unknown.length === 0) return null;
  return `Redis does not tell its settings to this user; make sure of ${unknown.join(' and ')}.`;
}
