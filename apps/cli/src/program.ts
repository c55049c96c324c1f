import { createRequire } from 'node:module';
import { dashboardFigures } from '@toogit/client/dashboard-figures';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addAccessCommands } from './access-commands.js';
import type { CommandContext } from './commands/context.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Makes the context of a command from the global options, which may stand anywhere on the line. */
export type MakeContext = (options: {
  json: boolean;
  url?: string;
  apiKey?: string;
  verbose: boolean;
}) => CommandContext;

const exitCodesHelp = `
Exit codes: 0 done, 1 the experiment failed, 2 wrong usage or a bad spec, 3 service unreachable,
4 internal error, 130 interrupted. More in docs/cli.md.`;

/** The command line. Commands load what they need when they run, so that --help and mistakes are quick. */
export function buildProgram(makeContext: MakeContext): Command {
  const program = new Command('toogit')
    .description('A job queue for adversarial machine learning.')
    .version(version)
    .option('--json', 'print results as JSON', false)
    .option(
      '--url <url>',
      'address of the service (default: TOOGIT_URL, else the `toogit up` of this directory)',
    )
    .option('--api-key <key>', 'key of the service (default: TOOGIT_API_KEY; an embedded one needs none)')
    .option('--verbose', 'show the stack of internal errors', false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', exitCodesHelp);

  /** Runs a command's function with its context first, then arguments and options as commander gives them. */
  const run =
    (load: () => Promise<(context: CommandContext, ...args: never[]) => Promise<void>>) =>
    async (...args: unknown[]) => {
      const command = args.pop() as Command;
      const action = await load();
      await action(makeContext(command.optsWithGlobals()), ...(args as never[]));
    };

  program
    .command('up')
    .description('run the whole service here: Postgres, queue, API and a worker in one process tree')
    .option('--state-dir <dir>', 'where everything is kept', '.toogit')
    .option('--port <port>', 'port of the API; 0 for any (default: 8080 or the next free one)', port)
    .option('--threads <n>', 'CPU threads a computation may use (default: all)', positive)
    .option('--workers <n>', 'worker processes, each with so many threads (default: 1)', positive)
    .addOption(deviceOption())
    .action(run(async () => (await import('./commands/up.js')).up));

  program
    .command('doctor')
    .description('what computes here, and the state of every service')
    .option('--state-dir <dir>', 'state directory to look at', '.toogit')
    .option('--threads <n>', 'CPU threads (default: all)', positive)
    .addOption(deviceOption())
    .action(run(async () => (await import('./commands/doctor.js')).doctor));

  program
    .command('engine')
    .description('the numeric engine')
    .command('install')
    .description('download TensorFlow into the cache; does nothing when it is there')
    .option('--cuda', 'the build for NVIDIA GPUs', false)
    .action(run(async () => (await import('./commands/engine-install.js')).engineInstall));

  program
    .command('plan')
    .description('the jobs a spec becomes, what they cost, what is cached; runs nothing')
    .argument('<spec>', 'YAML or JSON file, - for standard input')
    .action(run(async () => (await import('./commands/plan.js')).plan));

  program
    .command('schema')
    .description('JSON Schema of specs, for editors')
    .action(run(async () => (await import('./commands/schema.js')).schema));

  program
    .command('submit')
    .description('start an experiment')
    .argument('<spec>', 'YAML or JSON file, - for standard input')
    .option('--watch', 'follow it to its end', false)
    .option('--idempotency-key <key>', 'submitting again under the same key gives the same experiment')
    .option('--priority <n>', '-100 to 100; higher goes before the other experiments of the project', Number)
    .action(run(async () => (await import('./commands/submit.js')).submit));

  program
    .command('watch')
    .description('follow an experiment to its end')
    .argument('<id>')
    .action(run(async () => (await import('./commands/watch.js')).watch));

  program
    .command('report')
    .description("a finished experiment's table")
    .argument('<id>')
    .option('--html <file>', 'also write the self-contained page')
    .option('--step <name>', 'which report, where a spec has several')
    .action(run(async () => (await import('./commands/report.js')).report));

  program
    .command('dashboard')
    .description('a figure over all experiments, also of those still running')
    .addArgument(new Argument('<figure>', 'which').choices(dashboardFigures))
    .addOption(new Option('--format <format>', 'what to get').choices(['json', 'svg', 'csv']).default('json'))
    .option('--experiment <id...>', 'only these experiments')
    .option('--study <name>', 'only experiments of this preset')
    .option('--architecture <name...>', 'only models of these architectures')
    .option('--epsilon <number...>', 'only attacks of these epsilons, e.g. 8/255')
    .option('--seed <n...>', 'only these seeds')
    .option('--limit <n>', 'of so many experiments at most, the newest first, up to 100', positive)
    .option('--out <file>', 'write to a file')
    .action(run(async () => (await import('./commands/dashboard.js')).dashboard));

  program
    .command('export')
    .description('a finished experiment to keep or publish: spec, report, figures, provenance; no tensors')
    .argument('<id>')
    .option('--out <dir>', 'where to', 'results')
    .action(run(async () => (await import('./commands/export.js')).exportExperiment));

  program
    .command('list')
    .description('experiments, newest first')
    .option('--limit <n>', 'how many', positive, 20)
    .option('--all', 'all of them, however many', false)
    .option('--study <name>', 'only experiments of this preset')
    .addOption(
      new Option('--state <state>', 'only these').choices(['running', 'succeeded', 'failed', 'cancelled']),
    )
    .action(run(async () => (await import('./commands/list.js')).list));

  program
    .command('artifacts')
    .description('tensors and manifests')
    .command('pull')
    .description('download artifacts, each checked against its digest')
    .argument('<id|digest>', 'an experiment, or one artifact by digest')
    .option('--step <name>', 'only this step of the experiment')
    .option('--out <dir>', 'where to', 'artifacts')
    .action(run(async () => (await import('./commands/artifacts-pull.js')).artifactsPull));

  program
    .command('cancel')
    .description('stop an experiment; what others share goes on')
    .argument('<id>')
    .action(run(async () => (await import('./commands/cancel.js')).cancel));

  program
    .command('delete')
    .description('forget an experiment that has ended; `gc` then removes what no other one holds')
    .argument('<id>')
    .action(run(async () => (await import('./commands/delete.js')).deleteExperiment));

  program
    .command('pause')
    .description('begin no more jobs of an experiment; running ones go on')
    .argument('<id>')
    .action(run(async () => (await import('./commands/scheduling.js')).pause));

  program
    .command('resume')
    .description('go on with a paused experiment')
    .argument('<id>')
    .action(run(async () => (await import('./commands/scheduling.js')).resume));

  program
    .command('prioritize')
    .description('let an experiment go before or after the others of its project')
    .argument('<id>')
    .argument('<priority>', '-100 to 100; 0 unless set, higher goes first', Number)
    .action(run(async () => (await import('./commands/scheduling.js')).prioritize));

  program
    .command('retry')
    .description('run the failed and cancelled jobs of an experiment again, or one failed job')
    .argument('[id]')
    .option('--job <key>', 'only this job, and what failed for the same cause')
    .action(run(async () => (await import('./commands/retry.js')).retry));

  program
    .command('reconcile')
    .description(
      'bring queue and artifact store in step with the database: of the `toogit up` here, or with the environment of a service process',
    )
    .option('--state-dir <dir>', 'state directory of `toogit up`', '.toogit')
    .option('--dry-run', 'only print what it would do', false)
    .option('--deep', 'read every blob and check its digest', false)
    .option('--force', 'go on even if most blobs are missing', false)
    .action(run(async () => (await import('./commands/reconcile.js')).reconcile));

  program
    .command('gc')
    .description(
      'remove what no experiment holds: of the `toogit up` here, or with the environment of a service process',
    )
    .option('--state-dir <dir>', 'state directory of `toogit up`', '.toogit')
    .option('--dry-run', 'only print what it would remove', false)
    .option(
      '--grace <duration>',
      'keep what was in use or written for less than this',
      duration,
      24 * 3_600_000,
    )
    .option('--force', 'go on even if no row refers to anything in the store', false)
    .action(run(async () => (await import('./commands/gc.js')).gc));

  addAccessCommands(program, run);
  return program;
}

/** What commander throws for a wrong command line (help and version too). */
export function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
}

function deviceOption(): Option {
  return new Option('--device <device>', 'where to compute').choices(['auto', 'cuda', 'cpu', 'js']);
}

const durationUnits: Record<string, number> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** Milliseconds of `90m`, `24h`, `7d` or `0`. */
function duration(text: string): number {
  if (text === '0') return 0;
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a duration like 90m, 24h or 7d.');
  return Number(count) * (durationUnits[unit] ?? 0);
}

function positive(text: string): number {
  return wholeNumber(text, 1, 1_000_000);
}

function port(text: string): number {
  return wholeNumber(text, 0, 65_535);
}

function wholeNumber(text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
}
