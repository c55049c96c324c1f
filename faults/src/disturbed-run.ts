import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkLive, checkResults, reconcileAll } from './checks.js';
import type { Cluster } from './cluster.js';
import { mainSpecs, type Spec } from './experiment.js';
import type { Target } from './faults/fault.js';
import { faults } from './faults/index.js';
import { nothingSpoilt, type Spoilt } from './faults/spoilt.js';
import { failures, jobRows, type Progress, readProgress } from './job-rows.js';
import { randomFrom } from './random.js';
import { type Shot, workers } from './schedule.js';

export interface DisturbedRunOptions {
  /** For the log. */
  name: string;
  shots: Shot[];
  specs?: Spec[];
  /** Artifact digests by job of the undisturbed run. */
  expected: ReadonlyMap<string, string> | null;
  /** Ends the run early. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

export interface DisturbedRunResult {
  /** What was wrong; empty: nothing was lost. */
  problems: string[];
  digests: Map<string, string>;
  seconds: number;
  attempts: { succeeded: number; failed: number; expired: number };
}

const endWithinMs = 600_000;
const pollMs = 300;

/** One experiment from POST to checks, struck by the faults of a schedule. */
export async function disturbedRun(
  cluster: Cluster,
  options: DisturbedRunOptions,
): Promise<DisturbedRunResult> {
  const startedAt = performance.now();
  const note = (remark: string) =>
    appendFile(join(cluster.logs, 'campaign.log'), `${new Date().toISOString()} ${remark}\n`);
  await note(`${options.name} begins`);
  const problems: string[] = [];
  const digests = new Map<string, string>();
  const attempts = { succeeded: 0, failed: 0, expired: 0 };
  try {
    const { specs = mainSpecs } = options;
    await cluster.renew(options.signal);
    for (const [i, spec] of specs.entries()) await cluster.submitter.submit(spec, `main-${i}`);
    const spoilt = nothingSpoilt();
    await strike(cluster, options, { spoilt, problems, note });
    await untilDone(cluster, options);
    // What was spoilt after its last reader had read it is found by the operator's check.
    const { corrupt } = await reconcileAll(cluster);
    if (corrupt.length > 0) await note(`reconciliation mends ${corrupt.join(' ')}`);
    await untilDone(cluster, options);
    for (const { key, digest, ...job } of await jobRows(cluster.sql)) {
      if (digest !== null) digests.set(key, digest);
      for (const outcome of ['succeeded', 'failed', 'expired'] as const) attempts[outcome] += job[outcome];
    }
    problems.push(...(await checkResults(cluster, options.expected, spoilt)), ...(await checkLive(cluster)));
  } catch (error) {
    options.signal.throwIfAborted();
    problems.push(error instanceof Error ? `${error.message} ${error.cause ?? ''}`.trim() : String(error));
  }
  for (const problem of problems) await note(`WRONG: ${problem}`);
  return { problems, digests, attempts, seconds: (performance.now() - startedAt) / 1000 };
}

interface Notes {
  spoilt: Spoilt;
  problems: string[];
  note(remark: string): Promise<void>;
}

/** Each fault when so many jobs are done; those of one target one after the other. Resolves when all are over. */
async function strike(
  cluster: Cluster,
  options: DisturbedRunOptions,
  { spoilt, problems, note }: Notes,
): Promise<void> {
  const lanes = new Map<string, Promise<void>>();
  try {
    for (const shot of options.shots) {
      await untilFraction(cluster, shot.doneFraction, options);
      const { target, strike: hit } = faults[shot.fault];
      const targets = lanesOf(target, shot.worker);
      const remark = (text: string) => void note(`${shot.fault}: ${text}`);
      const context = {
        ...{ cluster, worker: shot.worker, random: randomFrom(shot.seed), spoilt, note: remark },
        signal: options.signal,
      };
      const turn = Promise.all(targets.map((lane) => lanes.get(lane))).then(async () => {
        remark('begins');
        await hit(context).catch((error) => problems.push(`${shot.fault} could not be done: ${error}`));
        remark('is over');
      });
      for (const lane of targets) lanes.set(lane, turn);
    }
  } finally {
    // Even if the run has failed: a service that comes back after everything was stopped would stay.
    await Promise.all(lanes.values());
  }
}

function lanesOf(target: Target, worker: number): string[] {
  if (target === 'workers') return Array.from({ length: workers }, (_, each) => `worker ${each}`);
  return [target === 'worker' ? `worker ${worker}` : target];
}

async function untilFraction(
  cluster: Cluster,
  fraction: number,
  options: DisturbedRunOptions,
): Promise<void> {
  const deadline = Date.now() + endWithinMs;
  while (Date.now() < deadline) {
    const progress = await progressOf(cluster, options);
    if (progress && progress.done >= fraction * progress.jobs) return;
    if (progress?.experiments.failed) throw new Error(await failures(cluster.sql));
    await delay(pollMs);
  }
  throw new Error(`no progress to ${fraction} of the jobs in ${endWithinMs / 1000} s`);
}

async function untilDone(cluster: Cluster, options: DisturbedRunOptions): Promise<void> {
  const deadline = Date.now() + endWithinMs;
  for (;;) {
    const progress = await progressOf(cluster, options);
    if (progress && progress.done === progress.jobs && !progress.experiments.running) return;
    if (progress?.experiments.failed) throw new Error(await failures(cluster.sql));
    if (Date.now() > deadline) throw new Error(`not done after ${endWithinMs / 1000} s`);
    await delay(pollMs);
  }
}

/** null while the database restarts. */
async function progressOf(
  { sql }: Cluster,
  { signal, onProgress }: DisturbedRunOptions,
): Promise<Progress | null> {
  signal.throwIfAborted();
  const progress = await readProgress(sql).catch(() => null);
  if (progress) onProgress(progress);
  return progress;
}
