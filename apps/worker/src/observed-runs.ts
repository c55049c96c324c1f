import { ToogitError } from '@toogit/core';
import type { Claim, Fence, Runs } from '@toogit/runs';
import { type AttemptEnd, endFailed, startSpan, traceParentOf, type WorkerMetrics } from '@toogit/telemetry';

interface OpenAttempt {
  kind: string;
  isBlock: boolean;
  startedAt: number;
  span: ReturnType<typeof startSpan>;
}

/**
 * The same runs, seen: everything that happens to an attempt passes through here, so durations, retries and spans are
 * taken here and the worker knows nothing of them. A claim goes on with the attempt's span as its parent.
 */
export function observed(runs: Runs, metrics: WorkerMetrics): Runs {
  const open = new Map<string, OpenAttempt>();
  const end = (fence: Fence, outcome: AttemptEnd, error?: unknown) => {
    const attempt = open.get(nameOf(fence));
    if (!attempt) return;
    open.delete(nameOf(fence));
    metrics.attemptEnded(attempt, outcome, (performance.now() - attempt.startedAt) / 1000);
    attempt.span.setAttribute('toogit.outcome', outcome);
    if (error === undefined) attempt.span.end();
    else endFailed(attempt.span, error);
  };
  /** Ends the attempt once the database has taken its end, or has refused it for good. */
  const ending = async <T>(fence: Fence, outcome: AttemptEnd, record: Promise<T>, error?: unknown) => {
    try {
      const answer = await record;
      end(fence, outcome, error);
      return answer;
    } catch (thrown) {
      if (thrown instanceof ToogitError && thrown.code === 'JOB_FENCED') end(fence, 'fenced', thrown);
      throw thrown;
    }
  };
  const begin = (claim: Claim, worker: string, askedAt: Date): Claim => {
    const attributes = {
      'toogit.job': claim.jobKey,
      'toogit.kind': claim.kind,
      'toogit.attempt': claim.attempt,
      'toogit.worker': worker,
      'toogit.experiments': claim.experimentIds,
    };
    startSpan('claim', claim.traceParent, { attributes, startedAt: askedAt }).end();
    const span = startSpan('attempt', claim.traceParent, { kind: 'consumer', attributes });
    open.set(nameOf(claim), {
      kind: claim.kind,
      isBlock: isBlock(claim),
      startedAt: performance.now(),
      span,
    });
    metrics.attemptStarted(claim.kind, claim.attempt);
    return { ...claim, traceParent: traceParentOf(span) ?? claim.traceParent };
  };

  return {
    ...runs,
    claimNext: async (worker, query) => {
      const askedAt = new Date();
      const claims = await runs.claimNext(worker, query);
      return claims.map((claim) => begin(claim, worker.name, askedAt));
    },
    heartbeat: async (fence, progress) => {
      const verdict = await runs.heartbeat(fence, progress);
      if (verdict === 'fenced') end(fence, 'fenced', 'a newer attempt owns the job');
      return verdict;
    },
    saveCheckpoint: async (fence, checkpoint) => {
      await runs.saveCheckpoint(fence, checkpoint);
      const kind = open.get(nameOf(fence))?.kind;
      const bytes = checkpoint.blobs.reduce((sum, blob) => sum + blob.bytes, 0);
      if (kind !== undefined) metrics.checkpointSaved(kind, bytes);
    },
    succeed: (fence, success) => ending(fence, 'succeeded', runs.succeed(fence, success)),
    fail: (fence, error, extra) => ending(fence, 'failed', runs.fail(fence, error, extra), error.message),
    release: (fence) => ending(fence, 'released', runs.release(fence)),
    cancelled: (fence) => ending(fence, 'cancelled', runs.cancelled(fence)),
  };
}

function nameOf({ jobKey, attempt }: Fence): string {
  return `${jobKey}-${attempt}`;
}

/** A block of examples is one job; its parameters hold which. */
function isBlock({ params }: Claim): boolean {
  return typeof params === 'object' && params !== null && 'block' in params;
}
