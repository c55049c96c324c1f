import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './commands/context.js';

type Run = (
  load: () => Promise<(context: CommandContext, ...args: never[]) => Promise<void>>,
) => (...args: unknown[]) => Promise<void>;

/** `toogit keys …` and `toogit projects …`, for administrators. */
export function addAccessCommands(program: Command, run: Run): void {
  const keys = program.command('keys').description('API keys');
  keys
    .command('create')
    .description('make a key and print it, this once')
    .option('--admin', "the first key: an administrator's of all projects, straight into DATABASE_URL", false)
    .option('--name <name>', 'what it is for')
    .addOption(
      new Option('--scope <scope>', 'what it may do').choices(['read', 'submit', 'admin']).default('submit'),
    )
    .option('--project <id>', "whose it is (default: the caller's own project)")
    .option('--expires <instant>', 'e.g. 2027-01-31T00:00:00Z (default: no end)', instant)
    .action(run(async () => (await import('./commands/keys.js')).keysCreate));
  keys
    .command('list')
    .description('keys, without their secrets')
    .action(run(async () => (await import('./commands/keys.js')).keysList));
  keys
    .command('rotate')
    .description('a new secret; the old one lives on for a while')
    .argument('<id>')
    .option('--grace <seconds>', 'for how long (default: a day)', whole)
    .action(run(async () => (await import('./commands/keys.js')).keysRotate));
  keys
    .command('revoke')
    .description('end a key')
    .argument('<id>')
    .action(run(async () => (await import('./commands/keys.js')).keysRevoke));

  const projects = program.command('projects').description('tenants and their limits');
  projects
    .command('list')
    .description('projects with their limits')
    .action(run(async () => (await import('./commands/projects.js')).projectsList));
  withLimits(projects.command('create').description('create a project').argument('<id>')).action(
    run(async () => (await import('./commands/projects.js')).projectsCreate),
  );
  withLimits(
    projects.command('limit').description('change the limits that are given').argument('<id>'),
  ).action(run(async () => (await import('./commands/projects.js')).projectsLimit));
}

function withLimits(command: Command): Command {
  return command
    .option('--max-running-experiments <n>', 'experiments at work at once, or none', limit)
    .option('--max-open-jobs <n>', 'jobs not yet done, or none', limit)
    .option('--max-stored-bytes <n>', 'bytes of artifacts, or none', limit)
    .option('--max-running-jobs <n>', 'jobs that run at once, or none', limit)
    .option('--max-starts-per-minute <n>', 'jobs begun in a minute, or none', limit)
    .option('--max-job-duration-ms <ms>', 'of one attempt, or none', limit)
    .option(
      '--share <x>',
      "its part of the workers when they are scarce, beside the others' (1 unless set)",
      Number,
    );
}

function limit(text: string): number | null {
  return text === 'none' ? null : whole(text);
}

function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

function instant(text: string): string {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new InvalidArgumentError('It must be an instant, e.g. 2027-01-31T00:00:00Z.');
}
