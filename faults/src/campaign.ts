import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkStopped } from './checks.js';
import { type Cluster, startCluster } from './cluster.js';
import { cpuSeconds } from './cpu-seconds.js';
import { disturbedRun } from './disturbed-run.js';
import { allSpecs } from './experiment.js';
import { type ProgressLine, progressLine } from './progress-line.js';
import { type FaultKind, leftOut, scheduleOf } from './schedule.js';
import { Tally, type TallyResult } from './tally.js';

export interface CampaignOptions {
  seeds: number[];
  /** Takes the undisturbed run's digests from the logs of the campaign that it goes on with, if they are there. */
  resume: boolean;
  /** How many seeds at once, each on a cluster of its own. */
  parallel: number;
  /** Has a directory for each cluster; those in which nothing went wrong are removed. */
  logs: string;
  /** Ends it early: what is running is given up, and everything stopped. */
  signal: AbortSignal;
}

export interface CampaignResult extends TallyResult {
  store: 's3' | 'directory';
  /** Kinds of faults that this machine cannot do. */
  leftOut: FaultKind[];
  parallel: number;
  /** Of an undisturbed run. */
  jobs: number;
  undisturbedSeconds: number;
  wallSeconds: number;
  /** Of all processes, with those of the undisturbed run. */
  cpuSeconds: number;
}

/** A cluster serves so many seeds, then it is stopped, and nothing of it may be left. */
const seedsOfACluster = 10;

/** The undisturbed run once, then one run a seed; one that fails does not end it. */
export async function campaign(options: CampaignOptions): Promise<CampaignResult> {
  const startedAt = performance.now();
  const { seeds, parallel, logs } = options;
  const line = progressLine(seeds.length);
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  let clusters = 0;
  const open = () => startCluster(join(logs, `cluster-${clusters++}`));

  const first = await open();
  const s3 = first.store.url !== null;
  const disk = first.store.disk !== null;
  const absent = leftOut({ s3, disk });
  if (!disk)
    line.note('full-disk is left out: blobs have no file system of their own (needs root, versitygw)');
  const undisturbed = await undisturbedRun(first, options, absent, line, signal).catch(async (error) => {
    await first.stop();
    throw error;
  });
  const tally = new Tally(seeds, line);
  const context = { tally, line, signal, s3, disk, expected: undisturbed.digests };
  const lane = async (cluster: Cluster | null) => {
    if (cluster) await serve(cluster, context);
    while (tally.queue.length > 0 && !signal.aborted) await serve(await open(), context);
  };
  const lanes = Array.from({ length: parallel }, (_, index) => lane(index === 0 ? first : null));
  const ends = await Promise.allSettled(
    lanes.map((each) =>
      each.catch((error) => {
        failing.abort(error);
        throw error;
      }),
    ),
  );
  line.end();
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken && !options.signal.aborted) throw broken.reason;
  return {
    ...{ ...tally.result(), store: s3 ? 's3' : 'directory', leftOut: absent, parallel },
    ...{ jobs: undisturbed.digests.size, undisturbedSeconds: undisturbed.seconds },
    ...{ wallSeconds: (performance.now() - startedAt) / 1000, cpuSeconds: await cpuSeconds() },
  };
}

interface Undisturbed {
  seconds: number;
  digests: Map<string, string>;
}

async function undisturbedRun(
  cluster: Cluster,
  { logs, resume }: CampaignOptions,
  absent: FaultKind[],
  line: ProgressLine,
  signal: AbortSignal,
): Promise<Undisturbed> {
  const file = join(logs, 'undisturbed.json');
  if (resume && existsSync(file)) {
    const { seconds, digests, leftOut: before } = JSON.parse(await readFile(file, 'utf8'));
    if (String(before) !== String(absent))
      throw new Error(
        `The campaign of ${logs} left out: ${before || 'nothing'}; here: ${absent.join() || 'nothing'}.`,
      );
    return { seconds, digests: new Map(digests) };
  }
  const run = line.start('undisturbed');
  const how = { name: 'undisturbed', shots: [], specs: allSpecs, expected: null };
  const result = await disturbedRun(cluster, { ...how, signal, onProgress: run.report });
  run.end();
  if (result.problems.length > 0)
    throw new Error(`Undisturbed, and still something is wrong:\n  ${result.problems.join('\n  ')}`);
  const { seconds, digests } = result;
  await writeFile(file, JSON.stringify({ seconds, digests: [...digests], leftOut: absent }));
  return { seconds, digests };
}

interface Context {
  tally: Tally;
  line: ProgressLine;
  signal: AbortSignal;
  s3: boolean;
  disk: boolean;
  expected: ReadonlyMap<string, string>;
}

/** Seeds one after the other on one cluster, until one fails or it has served enough; then it is stopped. */
async function serve(cluster: Cluster, context: Context): Promise<void> {
  const { tally, line, signal, s3, disk, expected } = context;
  const served: number[] = [];
  let wrong = false;
  try {
    while (tally.queue.length > 0 && served.length < seedsOfACluster && !wrong) {
      const seed = tally.take();
      served.push(seed);
      const shots = scheduleOf(seed, { s3, disk });
      const run = line.start(`seed ${seed}`);
      const result = await disturbedRun(cluster, {
        ...{ name: `seed ${seed}`, shots, expected, signal, onProgress: run.report },
      }).finally(run.end);
      wrong = result.problems.length > 0;
      tally.enter({ seed, shots, logs: cluster.logs, ...result });
    }
    const killed = (await cluster.stopProcesses()).map((name) => `${name} did not end on SIGTERM`);
    const problems = [...killed, ...(await checkStopped(cluster))];
    if (problems.length > 0) tally.enterStop({ seeds: served, problems, logs: cluster.logs });
    else if (!wrong) await rm(cluster.logs, { recursive: true, force: true });
  } finally {
    await cluster.stop();
  }
}
