import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DisturbedRunResult, disturbedRun } from './disturbed-run.js';
import { allSpecs } from './experiment.js';
import { type ProgressLine, progressLine } from './progress-line.js';
import { scheduleOf } from './schedule.js';

export interface CampaignOptions {
  seeds: number[];
  /** A directory for each seed. */
  logs: string;
  signal: AbortSignal;
}

export interface CampaignResult {
  seeds: number;
  failed: { seed: number; problems: string[] }[];
  jobs: number;
  undisturbedSeconds: number;
  secondsPerSeed: number | null;
  /** How often each kind struck. */
  faults: Record<string, number>;
  attempts: { succeeded: number; failed: number; expired: number };
}

/** The undisturbed run once, then one run a seed. */
export async function campaign({ seeds, logs, signal }: CampaignOptions): Promise<CampaignResult> {
  const line = progressLine();
  const undisturbed = await one(line, 'undisturbed', {
    ...{ logs: join(logs, 'undisturbed'), shots: [], specs: allSpecs, expected: null, signal },
  });
  if (undisturbed.problems.length > 0) {
    throw new Error(`Undisturbed, and still something is wrong:\n  ${undisturbed.problems.join('\n  ')}`);
  }
  const result: CampaignResult = {
    ...{ seeds: seeds.length, failed: [], jobs: undisturbed.digests.size, secondsPerSeed: null },
    undisturbedSeconds: undisturbed.seconds,
    faults: {},
    attempts: { succeeded: 0, failed: 0, expired: 0 },
  };
  let seconds = 0;
  for (const [index, seed] of seeds.entries()) {
    const shots = scheduleOf(seed);
    const directory = join(logs, `seed-${seed}`);
    await rm(directory, { recursive: true, force: true });
    line.expect(seeds.length - index, index === 0 ? null : seconds / index);
    const run = await one(line, `seed ${seed} (${index + 1} of ${seeds.length})`, {
      ...{ logs: directory, shots, expected: undisturbed.digests, signal },
    });
    seconds += run.seconds;
    for (const { fault } of shots) result.faults[fault] = (result.faults[fault] ?? 0) + 1;
    for (const outcome of ['succeeded', 'failed', 'expired'] as const)
      result.attempts[outcome] += run.attempts[outcome];
    const what = shots.map(({ fault, doneFraction }) => `${fault} at ${doneFraction}`).join(', ');
    if (run.problems.length === 0) {
      await rm(directory, { recursive: true, force: true });
      line.say(`✔ seed ${seed}  ${run.seconds.toFixed(0)} s  ${what}`);
    } else {
      result.failed.push({ seed, problems: run.problems });
      line.say(`✖ seed ${seed}  ${run.seconds.toFixed(0)} s  ${what}`);
      for (const problem of run.problems.slice(0, 20)) line.say(`    ${problem}`);
      line.say(`    logs: ${directory}; again: npm run faults -- --seed ${seed}`);
    }
  }
  line.end();
  return { ...result, secondsPerSeed: seconds / seeds.length };
}

async function one(
  line: ProgressLine,
  name: string,
  options: Omit<Parameters<typeof disturbedRun>[0], 'onProgress'>,
): Promise<DisturbedRunResult> {
  const run = line.start(name);
  return disturbedRun({ ...options, onProgress: ({ done, jobs }) => run(done, jobs) });
}
