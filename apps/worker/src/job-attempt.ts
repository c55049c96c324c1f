import type { JobProgress } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import type { Checkpoint, Claim, ReadyJob, Runs } from '@toogit/runs';
import type { Logger } from 'pino';
import type { ComputeProcess } from './compute-process.js';
import type { Outcome } from './messages.js';
import { repeat } from './repeat.js';
import { untilDatabaseAnswers } from './until-database-answers.js';

/** What a slot computes with. */
export type Compute = Pick<ComputeProcess, 'run'>;

export interface AttemptContext {
  runs: Runs;
  compute: Compute;
  /** Is notified of jobs that became ready. */
  push(ready: ReadyJob[]): Promise<void>;
  heartbeatMs: number;
  /** Aborted when the worker drains: running jobs finish or save a checkpoint. */
  draining: AbortSignal;
  /** Aborted when the time for that is over. */
  stopping: AbortSignal;
  log: Logger;
}

/** Why a running attempt has to end early. */
type EndReason = 'cancel' | 'fenced' | 'stop';

/** Carries one claimed attempt through: compute, heartbeat meanwhile, then record its outcome in the database. */
export async function runAttempt(claim: Claim, context: AttemptContext): Promise<void> {
  const { runs, compute, log, draining, stopping } = context;
  const abort = new AbortController();
  const yielding = new AbortController();
  const end = (reason: EndReason) => abort.abort(reason);
  const stop = () => end('stop');
  if (stopping.aborted) stop();
  else stopping.addEventListener('abort', stop, { once: true });

  let progress: JobProgress | null = null;
  let checkpoints = Promise.resolve();
  const heartbeat = repeat(
    context.heartbeatMs,
    async () => {
      const verdict = await runs.heartbeat(claim, progress);
      if (verdict === 'yield') yielding.abort();
      else if (verdict !== 'continue') end(verdict);
    },
    (error) => log.warn({ err: error }, 'heartbeat failed'),
  );

  log.info('attempt started');
  try {
    const outcome = await compute.run(
      claim,
      {
        progress: (update) => {
          progress = update;
        },
        checkpoint: (checkpoint) => {
          checkpoints = checkpoints.then(() => saveCheckpoint(claim, checkpoint, context));
        },
      },
      abort.signal,
      AbortSignal.any([yielding.signal, draining]),
    );
    await checkpoints;
    await settle(claim, outcome, abort.signal.reason as EndReason | undefined, context);
  } finally {
    stopping.removeEventListener('abort', stop);
    await heartbeat.stop();
  }
}

/** A checkpoint that can't be recorded costs time after a crash, nothing else. */
async function saveCheckpoint(
  claim: Claim,
  checkpoint: Checkpoint,
  { runs, log }: AttemptContext,
): Promise<void> {
  try {
    await runs.saveCheckpoint(claim, checkpoint);
    log.info({ checkpoint }, 'checkpoint saved');
  } catch (error) {
    log.warn({ err: error, step: checkpoint.step }, 'checkpoint not recorded');
  }
}

async function settle(
  claim: Claim,
  outcome: Outcome,
  endReason: EndReason | undefined,
  context: AttemptContext,
): Promise<void> {
  const { push, log, stopping } = context;
  try {
    const ready = await untilDatabaseAnswers(() => record(claim, outcome, endReason, context), stopping, log);
    await push(ready);
  } catch (error) {
    const { code } = ToogitError.from(error);
    if (code === 'JOB_FENCED') log.warn('a newer attempt owns this job: result dropped');
    // The lease runs out and the job is tried again: nothing is lost but time.
    else log.error({ err: error }, 'outcome not recorded');
  }
}

async function record(
  claim: Claim,
  outcome: Outcome,
  endReason: EndReason | undefined,
  { runs, log }: AttemptContext,
): Promise<ReadyJob[]> {
  if (endReason === 'fenced') {
    log.warn('a newer attempt owns this job: result dropped');
    return [];
  }
  if (endReason === 'cancel') {
    await runs.cancelled(claim);
    log.info('attempt cancelled');
    return [];
  }
  if (outcome.state === 'aborted') {
    log.info('yielded: job given back');
    return runs.release(claim);
  }
  if (outcome.state === 'succeeded') {
    const ready = await runs.succeed(claim, outcome.success);
    log.info({ digest: outcome.success.artifact.digest, newlyReady: ready.length }, 'attempt succeeded');
    return ready;
  }
  log.warn({ error: outcome.error, lostBlobs: outcome.lostBlobs }, 'attempt failed');
  return recordFailure(claim, outcome, runs);
}

/** Whoever made a lost input runs again, and this job waits for it. */
async function recordFailure(
  claim: Claim,
  { error, lostBlobs, peakRssBytes, logTail }: Extract<Outcome, { state: 'failed' }>,
  runs: Runs,
): Promise<ReadyJob[]> {
  const ready: ReadyJob[] = [];
  for (const digest of lostBlobs) ready.push(...(await runs.artifactLost(digest)));
  ready.push(...(await runs.fail(claim, error, { peakRssBytes, logTail: logTail ?? null })));
  return ready;
}
