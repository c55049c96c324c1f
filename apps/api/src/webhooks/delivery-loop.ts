import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookDelivery } from '@toogit/runs';
import type { FastifyBaseLogger } from 'fastify';
import type { Services } from '../services.js';
import { DeliveriesInFlight, type DeliveryLimits } from './deliveries-in-flight.js';
import type { Sender } from './sender.js';

export interface DeliveryLoopOptions {
  runs: Services['runs'];
  sender: Sender;
  log: FastifyBaseLogger;
  count(outcome: 'delivered' | 'failed' | 'given-up'): void;
  pollMs?: number;
  limits?: DeliveryLimits;
}

const usualLimits: DeliveryLimits = { total: 256, perReceiver: 4, perProject: 16 };
const firstRetryMs = 10_000;
const longestRetryMs = 3_600_000;
const giveUpAfterMs = 24 * 3_600_000;

/**
 * Delivers what is due until stopped. Every API process does; the database hands each delivery to one of them. None waits
 * for another one's receiver: each is taken as soon as the limits allow it.
 */
export function startDeliveries(options: DeliveryLoopOptions): { stop(): Promise<void> } {
  const { runs, log, pollMs = 2_000, limits = usualLimits } = options;
  const stopping = new AbortController();
  const inFlight = new DeliveriesInFlight(limits);
  const sending = new Set<Promise<void>>();
  const take = async () => {
    if (inFlight.isFull) return [];
    return await runs.takeWebhookDeliveries(inFlight.atLimit()).catch((error): WebhookDelivery[] => {
      log.warn({ err: error }, 'webhooks: the database does not answer');
      return [];
    });
  };
  const send = (delivery: WebhookDelivery, ended: () => void) => {
    const added = inFlight.add(delivery);
    const sent = deliver(delivery, options).finally(() => {
      inFlight.delete(added);
      sending.delete(sent);
      ended();
    });
    sending.add(sent);
  };
  let oneEnded = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      oneEnded = new AbortController();
      const due = await take();
      for (const delivery of due) send(delivery, () => oneEnded.abort());
      const signal = AbortSignal.any([stopping.signal, oneEnded.signal]);
      if (due.length === 0) await delay(pollMs, null, { signal }).catch(() => {});
    }
    await Promise.all(sending);
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
