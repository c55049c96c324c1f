import { setTimeout as delay } from 'node:timers/promises';
import { specOfKilledPost } from '../experiment.js';
import type { Fault } from './fault.js';

const latestMs = 40;

/** SIGKILL of the API while it answers a POST; the client asks again with the same Idempotency-Key. */
export const killApiInPost: Fault = {
  target: 'api',
  strike: async ({ cluster, random, say }) => {
    const key = 'killed-post';
    const first = cluster.submitter.post(specOfKilledPost, key).then(
      () => 'was answered',
      () => 'was not answered',
    );
    await delay(latestMs * random());
    cluster.api.signal('SIGKILL');
    say(`the first POST ${await first}`);
    await cluster.submitter.submit(specOfKilledPost, key);
  },
};
