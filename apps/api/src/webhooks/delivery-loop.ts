import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookDelivery } from '@toogit/runs';
import type { FastifyBaseLogger } from 'fastify';
import type { Services } from '../services.js';
import type { Sender } from './sender.js';

export interface DeliveryLoopOptions {
  runs: Services['runs'];
  sender: Sender;
  log: FastifyBaseLogger;
  count(outcome: 'delivered' | 'failed' | 'given-up'): void;
  pollMs?: number;
}

const batch = 20;
const firstRetryMs = 10_000;
const longestRetryMs = 3_600_000;
const giveUpAfterMs = 24 * 3_600_000;

/** Delivers what is due until stopped. Every API process does; the database hands each delivery to one of them. */
export function startDeliveries(options: DeliveryLoopOptions): { stop(): Promise<void> } {
  const { runs, log, pollMs = 2_000 } = options;
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const due = await runs.takeWebhookDeliveries(batch).catch((error): WebhookDelivery[] => {
        log.warn({ err: error }, 'webhooks: the database does not answer');
        return [];
      });
      await Promise.all(due.map((delivery) => deliver(delivery, options)));
      if (due.length < batch) await delay(pollMs, null, { signal: stopping.signal }).catch(() => {});
    }
  };
  const done = loop();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** What can't be recorded is due again when its lease ends: at least once, sometimes twice. */
async function deliver(
  delivery: WebhookDelivery,
  { runs, sender, log, count }: DeliveryLoopOptions,
): Promise<void> {
  const { id, experiment, tries } = delivery;
  const about = { experimentId: experiment.id, delivery: id, tries };
  try {
    await sender.send(delivery);
    count('delivered');
    log.info(about, 'webhook delivered');
    await runs.webhookDelivered(id);
  } catch (error) {
    const reason = reasonOf(error);
    const retryInMs = nextRetryMs(tries, Date.now() - Date.parse(delivery.endedAt));
    count(retryInMs === null ? 'given-up' : 'failed');
    log.warn({ ...about, reason, retryInMs }, 'webhook not delivered');
    await runs.webhookFailed(id, reason, retryInMs).catch(() => {});
  }
}

/** 10 s doubled with each try, at most an hour, times a random factor in [0.5, 1]; null a day after the end. */
export function nextRetryMs(tries: number, ageMs: number, random = Math.random()): number | null {
  if (ageMs >= giveUpAfterMs) return null;
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(tries - 1, 20)) * (0.5 + random / 2);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, 500);
}
