import { loadConfig } from '@toogit/config';
import { ToogitError } from '@toogit/errors';
import { openRuns } from '@toogit/runs';

/** Brings the database to this release and ends: a job before the services of a new release start. */
try {
  const runs = openRuns(loadConfig().databaseUrl);
  await runs.migrate();
  await runs.close();
} catch (thrown) {
  const { code, message, next } = ToogitError.from(thrown);
  process.stderr.write(`${code}: ${message} ${next}\n`);
  process.exitCode = 1;
}
