import { loadConfig } from '@toogit/config';
import { runProcess, ToogitError } from '@toogit/core';
import { openRuns } from '@toogit/runs';

/** Brings the database to this release and ends: a job before the services of a new release start. */
await runProcess(
  async (closers) => {
    const runs = openRuns(loadConfig().databaseUrl);
    closers.add('database', () => runs.close());
    await runs.migrate();
  },
  { once: true, failed: complain, unclosed: complain },
);

function complain(thrown: unknown): void {
  const { code, message, next } = ToogitError.from(thrown);
  process.stderr.write(`${code}: ${message} ${next}\n`);
}
