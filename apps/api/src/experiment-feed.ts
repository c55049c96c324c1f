import { setTimeout as delay } from 'node:timers/promises';
import type { Experiment, ExperimentHead, ExperimentSummary, ProjectRuns, Runs } from '@toogit/runs';
import { type Changes, PendingChanges } from './pending-changes.js';
import type { ExperimentEvent } from './schemas/event.js';
import { SentJobs } from './sent-jobs.js';

export interface FeedOptions {
  /** Aborted when the reader has gone or the service stops. */
  signal: AbortSignal;
  /** No two batches of events are closer than this. */
  minIntervalMs: number;
  /** After so long without a change whatever may have changed is read, in case a notification was lost. */
  heartbeatMs: number;
}

/** Reading what may have changed takes at most this fraction of the time, however large the experiment is. */
const readingShare = 0.05;
/** Clocks of processes, and the time from a statement's beginning to its commit. */
const marginMs = 60_000;

/**
 * What happens to an experiment, from a snapshot of now to its end; `null` is a heartbeat. Notifications carry only that
 * something changed: what is sent is read from the database, so a slow reader gets fewer, newer states. Jobs are read in
 * pages, the next one when the reader has taken the one before.
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
    const sent = new SentJobs();
    const reread = new Reread(runs, id);
    const experiment = await runs.getExperiment(id);
    yield* snapshot(runs, experiment, sent);
    pending.only(sent);

    let last = JSON.stringify(summaryOf(experiment));
    let { state } = experiment;
    while (state === 'running') {
      const changes = await pending.take(heartbeatMs, signal);
      if (signal.aborted) return;
      const head = await runs.getExperimentHead(id);
      state = head.state;
      for await (const { jobs } of reread.pages(changes, state !== 'running')) {
        for (const job of jobs) if (sent.isNews(job)) yield { event: 'job', data: job };
      }
      const summary = { ...head, jobs: sent.counts };
      const text = JSON.stringify(summary);
      if (text !== last) yield { event: 'experiment', data: summary };
      last = text;
      if (changes.everything) yield null;
      await delay(minIntervalMs, undefined, { signal });
    }
    yield { event: 'end', data: { state } };
  } finally {
    await stop();
  }
}

async function* snapshot(
  runs: ProjectRuns,
  experiment: Experiment,
  sent: SentJobs,
): AsyncGenerator<ExperimentEvent> {
  let isFirst = true;
  for await (const { jobs, isLast } of runs.jobStatusPages(experiment.id)) {
    for (const job of jobs) sent.isNews(job);
    const page = { jobs, complete: isLast };
    yield isFirst ? { event: 'snapshot', data: { experiment, ...page } } : { event: 'jobs', data: page };
    isFirst = false;
  }
}

/** Which jobs are read again after a change. */
class Reread {
  #everythingAt = performance.now();
  #nextEverythingAt = 0;

  constructor(
    private readonly runs: ProjectRuns,
    private readonly id: string,
  ) {}

  async *pages(
    { jobKeys, everything }: Changes,
    hasEnded: boolean,
  ): ReturnType<ProjectRuns['jobStatusPages']> {
    const startedAt = performance.now();
    if (!hasEnded && !(everything && startedAt >= this.#nextEverythingAt)) {
      yield* this.runs.jobStatusesOf(this.id, jobKeys);
      return;
    }
    yield* this.runs.jobStatusPages(this.id, startedAt - this.#everythingAt + marginMs);
    this.#everythingAt = startedAt;
    this.#nextEverythingAt = startedAt + (performance.now() - startedAt) / readingShare;
  }
}

/** With the keys in the order of what is sent later. */
function summaryOf(experiment: Experiment): ExperimentSummary {
  const { spec: _spec, resolvedSpec: _resolvedSpec, steps: _steps, warnings: _, jobs, ...head } = experiment;
  return { ...(head satisfies ExperimentHead), jobs };
}
