import type { ApiMetrics } from '@toogit/telemetry';
import fp from 'fastify-plugin';
import type { Services } from '../services.js';
import { startDeliveries } from '../webhooks/delivery-loop.js';
import type { TrustedHosts } from '../webhooks/receiver-address.js';
import { createSender } from '../webhooks/sender.js';

export interface WebhookOptions {
  runs: Services['runs'];
  metrics: ApiMetrics;
  trustedHosts: TrustedHosts;
}

/** Delivers webhooks while the service runs. */
export const webhooks = fp<WebhookOptions>(async (app, { runs, metrics, trustedHosts }) => {
  const stops: (() => Promise<void>)[] = [];
  app.addHook('onListen', async () => {
    const sender = createSender({ trustedHosts });
    const deliveries = startDeliveries({
      runs,
      sender,
      log: app.log,
      count: (outcome) => metrics.webhookDelivery(outcome),
    });
    stops.push(deliveries.stop, sender.close);
  });
  app.addHook('preClose', async () => {
    for (const stop of stops.splice(0)) await stop();
  });
});
