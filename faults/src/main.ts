import { Command, InvalidArgumentError } from 'commander';
import { campaign } from './campaign.js';

const whole = (text: string) => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
};

const program = new Command('faults')
  .description('a running experiment under seeded schedules of faults, then the checks')
  .option('--seeds <n>', 'seeds 0 to n-1', whole, 2)
  .option('--seed <k>', 'this seed only: what a failed one says to replay it', whole)
  .option('--logs <directory>', 'logs of each seed; those of seeds that pass are removed', 'out/faults')
  .option('--json', 'a line of JSON at the end', false);

interface Options {
  seeds: number;
  seed?: number;
  logs: string;
  json: boolean;
}

program.action(async ({ seeds, seed, logs, json }: Options) => {
  const chosen = seed === undefined ? Array.from({ length: seeds }, (_, index) => index) : [seed];
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupted.abort(new Error(`${signal}: everything has been stopped`)));
  const result = await campaign({ seeds: chosen, logs, signal: interrupted.signal });
  if (json) console.log(JSON.stringify(result));
  else
    console.log(`${result.seeds} seeds, ${result.failed.length} failed; ${JSON.stringify(result.attempts)}`);
  process.exitCode = result.failed.length === 0 ? 0 : 1;
});
await program.parseAsync().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
