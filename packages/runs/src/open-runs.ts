import { artifactLost } from './artifacts.js';
import { readBacklog } from './backlog.js';
import { forgetReleased, releasedBlobs, saveCheckpoint } from './checkpoints.js';
import { claimJob, groupedClaims, heartbeat, takeReady } from './claim.js';
import { Database } from './database.js';
import { exclusively } from './exclusively.js';
import {
  blobsDeleted,
  condemn,
  liveCheckpoints,
  oldestRunningAttempt,
  referencedBlobs,
  unfinishedDeletions,
} from './garbage.js';
import { readJobTimings, recordProbe } from './job-timings.js';
import { expireLeases, renewContact } from './leases.js';
import { migrate } from './migrate.js';
import { openAccess } from './open-access.js';
import { endAttempt, storageAtFault } from './outcome.js';
import { endOverdue } from './overdue.js';
import { preempt } from './preempt.js';
import { projectRuns } from './project-runs.js';
import { ProjectWrites } from './project-writes.js';
import type { Runs } from './runs.js';
import { Subscriptions } from './subscribe.js';
import { recordSuccesses } from './success.js';
import { removeUnheld } from './unheld.js';
import { takeWebhookDeliveries, webhookDelivered, webhookFailed } from './webhooks.js';
import { forgetWorker, listWorkers, registerWorker, workerHeartbeat } from './workers.js';

const writeConnections = 6;

/** Connects when first used. */
export function openRuns(databaseUrl: string): Runs {
  const db = new Database(databaseUrl);
  const writes = new ProjectWrites(new Database(databaseUrl, writeConnections));
  const subscriptions = new Subscriptions(databaseUrl);
  const recordSuccess = recordSuccesses(db);
  return {
    databaseUrl,
    migrate: () => migrate(databaseUrl),
    check: async () => {
      await db.run((prisma) => prisma.$queryRaw`SELECT 1`);
    },
    installationId: async () => (await db.run((prisma) => prisma.installation.findFirstOrThrow())).id,
    close: async () => {
      await subscriptions.close();
      await writes.close();
      await db.close();
    },

    ...projectRuns(db, writes, null),
    inProject: (project) => projectRuns(db, writes, project),
    access: openAccess(db),

    takeReady: (query) => takeReady(db, query),
    registerWorker: (worker, leaseMs) => registerWorker(db, worker, leaseMs),
    workerHeartbeat: (worker, report) => workerHeartbeat(db, worker, report),
    forgetWorker: (worker) => forgetWorker(db, worker),
    listWorkers: () => listWorkers(db),
    recordProbe: (worker, probe) => recordProbe(db, worker, probe),
    jobTimings: () => readJobTimings(db),
    claimNext: groupedClaims(db),
    preempt: () => preempt(db),
    claim: (jobKey, workerId) => claimJob(db, jobKey, workerId),
    heartbeat: (fence, progress) => heartbeat(db, fence, progress),
    saveCheckpoint: (fence, checkpoint) => saveCheckpoint(db, fence, checkpoint),
    succeed: (claim, success) => recordSuccess({ claim, success }),
    fail: (fence, error, { peakRssBytes, logTail = null }) =>
      db.transaction(async (tx) => {
        const charge = error.code.startsWith('STORAGE_') ? await storageAtFault(tx, fence) : jobAtFault;
        const { retryable } = error;
        return endAttempt(tx, fence, {
          outcome: 'failed',
          error,
          ...charge,
          retryable,
          peakRssBytes,
          logTail,
        });
      }),
    release: (fence) => db.transaction((tx) => endAttempt(tx, fence, { ...unharmed, outcome: 'released' })),
    cancelled: async (fence) => {
      await db.transaction(async (tx) => {
        // If somebody needs it again meanwhile it is ready, and the next sweep pushes it.
        const ready = await endAttempt(tx, fence, { ...unharmed, outcome: 'cancelled' });
        const keys = ready.map((job) => job.key);
        await tx.$executeRaw`UPDATE jobs SET pushed_at = NULL WHERE key = ANY(${keys}::text[])`;
      });
    },
    expireLeases: (leaseMs, contact) => expireLeases(db, leaseMs, contact),
    renewContact: (leaseMs, before) => renewContact(db, leaseMs, before),
    endOverdue: (maxJobMs) => endOverdue(db, maxJobMs),
    artifactLost: (digest) => db.transaction((tx) => artifactLost(tx, digest)),

    backlog: () => readBacklog(db),
    takeWebhookDeliveries: (except) => takeWebhookDeliveries(db, except),
    webhookDelivered: (id) => webhookDelivered(db, id),
    webhookFailed: (id, reason, retryInMs) => webhookFailed(db, id, reason, retryInMs),
    garbage: {
      removeUnheld: (options) => removeUnheld(db, options),
      referencedBlobs: (options) => referencedBlobs(db, options),
      liveCheckpoints: () => liveCheckpoints(db),
      oldestRunningAttempt: () => oldestRunningAttempt(db),
      condemn: (digests) => condemn(db, digests),
      releasedBlobs: (limit) => releasedBlobs(db, limit),
      forgetReleased: (digests) => forgetReleased(db, digests),
      unfinishedDeletions: () => unfinishedDeletions(db),
      blobsDeleted: (digests) => blobsDeleted(db, digests),
    },

    exclusively: (lock, work) => exclusively(databaseUrl, lock, work),
    subscribe: (listener) => subscriptions.subscribe(listener),
  };
}

const unharmed = {
  error: null,
  counts: false,
  retryable: true,
  backoffMs: null,
  peakRssBytes: null,
} as const;
const jobAtFault = { counts: true, backoffMs: 1_000 };
