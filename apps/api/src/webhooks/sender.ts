import type { WebhookDelivery } from '@toogit/runs';
import { Agent, request } from 'undici';
import { checkedLookup, isTrusted, type TrustedHosts, urlProblem } from './receiver-address.js';
import { signatureHeaders } from './signature.js';

export interface SenderOptions {
  trustedHosts: TrustedHosts;
  /** For all of it: connect, send, hear the answer. */
  timeoutMs?: number;
  resolve?: Parameters<typeof checkedLookup>[0];
}

export interface Sender {
  /** Resolves once the receiver has answered 2xx; rejects with the reason in plain words. Follows no redirect. */
  send(delivery: WebhookDelivery): Promise<void>;
  close(): Promise<void>;
}

const answerLimitBytes = 16 * 1024;

export function createSender({ trustedHosts, timeoutMs = 10_000, resolve }: SenderOptions): Sender {
  const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, maxResponseSize: answerLimitBytes };
  const anywhere = new Agent({ ...limits, connect: { timeout: timeoutMs } });
  const inPublic = new Agent({
    ...limits,
    connect: { lookup: checkedLookup(resolve), timeout: timeoutMs },
  });
  return {
    send: async (delivery) => {
      const problem = urlProblem(delivery.url, trustedHosts);
      if (problem !== null) throw new Error(`The URL ${problem}.`);
      const body = bodyOf(delivery);
      const { statusCode, body: answer } = await request(delivery.url, {
        dispatcher: isTrusted(new URL(delivery.url), trustedHosts) ? anywhere : inPublic,
        method: 'POST',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'toogit-webhook/1',
          ...signatureHeaders(delivery.secret, delivery.id, body, new Date()),
        },
        body,
      });
      await answer.dump({ limit: answerLimitBytes }).catch(() => {});
      if (statusCode < 200 || statusCode > 299) throw new Error(`The receiver answered ${statusCode}.`);
    },
    close: async () => void (await Promise.all([anywhere.destroy(), inPublic.destroy()])),
  };
}

/** Every try of a delivery sends the same bytes. */
function bodyOf({ id, endedAt, experiment }: WebhookDelivery): string {
  return JSON.stringify({
    id,
    event: 'experiment.ended',
    experiment: { ...experiment, finishedAt: endedAt },
  });
}
