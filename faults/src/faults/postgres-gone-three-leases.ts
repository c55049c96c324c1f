import { setTimeout as delay } from 'node:timers/promises';
import { type Fence, openRuns, type Runs } from '@toogit/runs';
import { waitFor } from '@toogit/testkit';
import { type Cluster, leaseMs } from '../cluster.js';
import { attemptOf, jobRows } from '../job-rows.js';
import type { Fault } from './fault.js';

const heartbeatMs = 1_000;
const claimWithinMs = 20_000;
const backWithinMs = 60_000;

/**
 * The database is out of reach for three leases. The campaign is a worker meanwhile: a job that it holds, and goes on
 * renewing as best it can, is still its own when the database is back.
 */
export const postgresGoneThreeLeases: Fault = {
  target: 'postgres',
  strike: async ({ cluster, note, signal }) => {
    const runs = openRuns(cluster.environment.DATABASE_URL ?? '');
    const claim = await waitFor(() => claimAny(cluster, runs), claimWithinMs).catch(() => null);
    if (claim === null) note('no job was to be had');
    const heartbeats = setInterval(
      () => claim && void runs.heartbeat(claim, null).catch(() => undefined),
      heartbeatMs,
    );
    try {
      await cluster.proxies.postgres.set('refuse');
      await delay(3 * leaseMs, undefined, { signal });
      await cluster.proxies.postgres.set('pass');
      if (claim === null) return;
      await waitFor(() => runs.heartbeat(claim, null), backWithinMs);
      // Two sweeps more, and it would have expired.
      await delay(leaseMs, undefined, { signal });
      await runs.release(claim).catch(async (error) => {
        const attempt = await attemptOf(cluster.sql, claim);
        throw new Error(`the campaign's job was ${attempt?.outcome} meanwhile`, { cause: error });
      });
      note(`job ${claim.jobKey} stayed the campaign's`);
    } finally {
      clearInterval(heartbeats);
      await cluster.proxies.postgres.set('pass');
      await runs.close();
    }
  },
};

async function claimAny({ sql }: Cluster, runs: Runs): Promise<Fence | null> {
  for (const { key, state } of await jobRows(sql)) {
    const claim = state === 'ready' ? await runs.claim(key, 'campaign') : null;
    if (claim !== null) return claim;
  }
  return null;
}
