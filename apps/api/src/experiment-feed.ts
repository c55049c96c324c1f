import { setTimeout as delay } from 'node:timers/promises';
import type { Experiment, ExperimentSummary, JobView, ProjectRuns, Runs } from '@toogit/runs';
import { PendingChanges } from './pending-changes.js';
import type { ExperimentEvent } from './schemas/event.js';

export interface FeedOptions {
  /** Aborted when the reader has gone or the service stops. */
  signal: AbortSignal;
  /** No two batches of events are closer than this. */
  minIntervalMs: number;
  /** After so long without a change everything is read again, in case a notification was lost. */
  heartbeatMs: number;
}

/**
 * What happens to an experiment, from a snapshot of now to its end; `null` is a heartbeat. Notifications only say that
 * something changed: what is sent is read from the database, so a slow reader gets fewer, newer states.
 */
export async function* experimentFeed(
  notifications: Pick<Runs, 'subscribe'>,
  runs: ProjectRuns,
  id: string,
  { signal, minIntervalMs, heartbeatMs }: FeedOptions,
): AsyncGenerator<ExperimentEvent | null> {
  const pending = new PendingChanges(id);
  const stop = await notifications.subscribe((event) => pending.add(event));
  try {
    const experiment = await runs.getExperiment(id);
    const jobs = await runs.listJobs(id);
    const steps = new Map(jobs.map(({ key, step }) => [key, step]));
    pending.only(new Set(steps.keys()));
    const news = newsFilter();
    jobs.forEach(news);
    news({ ...summaryOf(experiment), key: id });
    yield { event: 'snapshot', data: { experiment, jobs } };

    let { state } = experiment;
    while (state === 'running') {
      const { jobKeys, everything } = await pending.take(heartbeatMs, signal);
      if (signal.aborted) return;
      const summary = summaryOf(await runs.getExperiment(id));
      state = summary.state;
      const changed =
        everything || state !== 'running' ? await runs.listJobs(id) : await readJobs(runs, jobKeys, steps);
      for (const job of changed.filter(news)) yield { event: 'job', data: job };
      if (news({ ...summary, key: id })) yield { event: 'experiment', data: summary };
      if (everything) yield null;
      await delay(minIntervalMs, undefined, { signal });
    }
    yield { event: 'end', data: { state } };
  } finally {
    await stop();
  }
}

/** Jobs are shared between experiments: which step a job is in this one is known from the snapshot. */
function readJobs(runs: ProjectRuns, keys: string[], steps: Map<string, string | null>): Promise<JobView[]> {
  return Promise.all(
    keys.map(async (key) => ({ ...(await runs.getJob(key)), step: steps.get(key) ?? null })),
  );
}

function summaryOf(experiment: Experiment): ExperimentSummary {
  const { spec: _spec, resolvedSpec: _resolvedSpec, steps: _steps, warnings: _, ...summary } = experiment;
  return summary;
}

/** True for what differs from the value last seen under its key. */
function newsFilter(): (value: { key: string }) => boolean {
  const seen = new Map<string, string>();
  return (value) => {
    const text = JSON.stringify(value);
    const isNews = seen.get(value.key) !== text;
    seen.set(value.key, text);
    return isNews;
  };
}
