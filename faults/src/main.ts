import { Command, InvalidArgumentError } from 'commander';
import { type CampaignResult, campaign } from './campaign.js';

const whole = (text: string) => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
};
const positive = (text: string) => {
  if (whole(text) === 0) throw new InvalidArgumentError('must be at least 1');
  return Number(text);
};

const program = new Command('faults')
  .description('a running experiment under seeded schedules of faults, then the checks')
  .option('--seeds <n>', 'seeds up to n-1', positive, 2)
  .option('--from <k>', 'the first seed: goes on with the campaign that these logs are of', whole, 0)
  .option('--seed <k>', 'this seed only: replays one that failed', whole)
  .option('--parallel <n>', 'how many seeds at once, each with services and workers of its own', positive, 1)
  .option('--logs <directory>', 'logs; those of seeds that pass are removed', 'out/faults')
  .option('--json', 'the result as a line of JSON', false);

interface Options {
  seeds: number;
  from: number;
  seed?: number;
  parallel: number;
  logs: string;
  json: boolean;
}

program.action(async ({ seeds, from, seed, parallel, logs, json }: Options) => {
  const chosen = seed === undefined ? range(from, seeds) : [seed];
  const interrupted = new AbortController();
  // A second Ctrl-C, and the one that our parent passes on, changes nothing.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => interrupted.abort(new Error(`${signal}: everything has been stopped`)));
  const result = await campaign({
    ...{ seeds: chosen, resume: from > 0, parallel, logs, signal: interrupted.signal },
  });
  console.log(json ? JSON.stringify(result) : summary(result));
  process.exitCode = result.failed.length + result.remaining.length === 0 ? 0 : 1;
});
await program.parseAsync().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

function range(from: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);
}

function summary({ passed, failed, remaining, attempts, wallSeconds, cpuSeconds }: CampaignResult): string {
  const { succeeded, failed: failures, expired } = attempts;
  return [
    `${passed} seeds passed, ${failed.length} failed; ${succeeded} attempts succeeded, ${failures} failed, ${expired} expired`,
    `${wallSeconds.toFixed(0)} s, ${cpuSeconds.toFixed(0)} s of CPU`,
    ...failed.map(({ seed, problems, replay }) => `✖ seed ${seed}: ${problems[0]}; again: ${replay}`),
    ...(remaining.length === 0 ? [] : [`${remaining.length} not run: go on with --from ${remaining[0]}`]),
  ].join('\n');
}
