import { artifactLost, getArtifact, listArtifacts } from './artifacts.js';
import { claimJob, heartbeat, saveCheckpoint, takeReady } from './claim.js';
import { createExperiment } from './create-experiment.js';
import { Database } from './database.js';
import { deleteExperiment } from './delete-experiment.js';
import { exclusively } from './exclusively.js';
import {
  cancelExperiment,
  getExperiment,
  listExperiments,
  requireExperiment,
  retryExperiment,
} from './experiments.js';
import {
  blobsDeleted,
  condemn,
  liveCheckpoints,
  oldestRunningAttempt,
  referencedBlobs,
  removeUnheld,
  unfinishedDeletions,
} from './garbage.js';
import { getJob, listJobs, readJobStates } from './jobs.js';
import { expireLeases } from './leases.js';
import { listMetrics } from './metrics.js';
import { migrate } from './migrate.js';
import { endAttempt, succeed } from './outcome.js';
import { listReports, readOutcomes, readTotals } from './reports.js';
import type { Runs } from './runs.js';
import { Subscriptions } from './subscribe.js';

/** Connects when first used. */
export function openRuns(databaseUrl: string): Runs {
  const db = new Database(databaseUrl);
  const subscriptions = new Subscriptions(databaseUrl);
  return {
    migrate: () => migrate(databaseUrl),
    check: async () => {
      await db.run((prisma) => prisma.$queryRaw`SELECT 1`);
    },
    close: async () => {
      await subscriptions.close();
      await db.close();
    },

    createExperiment: async (wanted) => {
      const { id, created, ready } = await db.transaction((tx) => createExperiment(tx, wanted));
      return { experiment: await getExperiment(db, id), created, ready };
    },
    getExperiment: (id) => getExperiment(db, id),
    listExperiments: (query) => listExperiments(db, query),
    listJobs: async (id) => {
      await requireExperiment(db, id);
      return listJobs(db, id);
    },
    getJob: (key) => getJob(db, key),
    listMetrics: async (id, query) => {
      await requireExperiment(db, id);
      return listMetrics(db, id, query);
    },
    listArtifacts: async (id) => {
      await requireExperiment(db, id);
      return listArtifacts(db, id);
    },
    getArtifact: (digest) => getArtifact(db, digest),
    listReports: (query) => listReports(db, query),
    outcomes: (keys) => readOutcomes(db, keys),
    totals: () => readTotals(db),
    cancelExperiment: async (id) => {
      await db.transaction((tx) => cancelExperiment(tx, id));
      return getExperiment(db, id);
    },
    deleteExperiment: (id) => db.transaction((tx) => deleteExperiment(tx, id)),
    retryExperiment: async (id) => {
      const ready = await db.transaction((tx) => retryExperiment(tx, id));
      return { experiment: await getExperiment(db, id), ready };
    },
    jobStates: (keys) => readJobStates(db, keys),

    takeReady: (query) => takeReady(db, query),
    claim: (jobKey, workerId) => claimJob(db, jobKey, workerId),
    heartbeat: (fence, progress) => heartbeat(db, fence, progress),
    saveCheckpoint: (fence, checkpoint) => saveCheckpoint(db, fence, checkpoint),
    succeed: (fence, success) => db.transaction((tx) => succeed(tx, fence, success)),
    fail: (fence, error, { peakRssBytes }) =>
      db.transaction((tx) =>
        endAttempt(tx, fence, {
          ...{
            outcome: 'failed',
            error,
            counts: true,
            retryable: error.retryable,
            backoff: true,
            peakRssBytes,
          },
        }),
      ),
    release: (fence) => db.transaction((tx) => endAttempt(tx, fence, { ...unharmed, outcome: 'released' })),
    cancelled: async (fence) => {
      await db.transaction(async (tx) => {
        // If somebody wants it again meanwhile it is ready, and the next sweep pushes it.
        const ready = await endAttempt(tx, fence, { ...unharmed, outcome: 'cancelled' });
        const keys = ready.map((job) => job.key);
        await tx.$executeRaw`UPDATE jobs SET pushed_at = NULL WHERE key = ANY(${keys}::text[])`;
      });
    },
    expireLeases: (leaseMs) => expireLeases(db, leaseMs),
    artifactLost: (digest) => db.transaction((tx) => artifactLost(tx, digest)),

    garbage: {
      removeUnheld: (options) => removeUnheld(db, options),
      referencedBlobs: (options) => referencedBlobs(db, options),
      liveCheckpoints: () => liveCheckpoints(db),
      oldestRunningAttempt: () => oldestRunningAttempt(db),
      condemn: (digests) => condemn(db, digests),
      unfinishedDeletions: () => unfinishedDeletions(db),
      blobsDeleted: (digests) => blobsDeleted(db, digests),
    },

    exclusively: (lock, work) => exclusively(databaseUrl, lock, work),
    subscribe: (listener) => subscriptions.subscribe(listener),
  };
}

const unharmed = { error: null, counts: false, retryable: true, backoff: false, peakRssBytes: null } as const;
