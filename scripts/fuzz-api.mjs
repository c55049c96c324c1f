/**
 * `npm run fuzz:api -- [--seed N] [--max-examples N]`: Schemathesis against the running API and its /openapi.json.
 * Prepares the workspace, starts Postgres, Redis and the API, stores something of everything, and lets Schemathesis
 * look for answers that the document doesn't promise (docs/api.md).
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openly, phase } from './phases.mjs';
import { prepareWorkspace } from './workspace.mjs';

const logs = 'out/fuzz';
const requestsWanted = 5_000;
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    /** Of each operation in the phase that draws them at random. */
    'max-examples': { type: 'string', default: '40' },
  },
});

await prepareWorkspace({ logs });
const { startService } = await import('./fuzz/service.mjs');
const { storeSomething } = await import('./fuzz/seeds.mjs');
const { provideSchemathesis } = await import('./fuzz/schemathesis.mjs');

const program = await provideSchemathesis(logs);
const service = await phase('services', 'compute', () => startService(logs));
try {
  const keys = await phase('seeds', 'compute', () => storeSomething(service, logs));
  process.env.TOOGIT_FUZZ_KEYS = [keys.project, keys.operator].map(({ key }) => key.id).join();
  // Nobody sees both the experiments of a project and all projects.
  const passes = [
    await run('experiments', keys.project, ['--exclude-tag', 'access']),
    await run('access', keys.operator, ['--include-tag', 'access']),
  ];
  const requests = passes.reduce((sum, pass) => sum + pass.requests, 0);
  const failed = passes.some((pass) => pass.failed);
  const few = requests < requestsWanted;
  process.stdout.write(
    `${JSON.stringify({ name: 'fuzz:api', seed: Number(options.seed), requests, failed })}\n`,
  );
  if (few) process.stderr.write(`Only ${requests} requests; ${requestsWanted} are wanted.\n`);
  process.exitCode = failed || few ? 1 : 0;
} finally {
  await service.stop();
}

async function run(name, { apiKey }, selection) {
  const report = `${logs}/${name}.json`;
  const { status } = await openly(
    program,
    [
      ...['--config-file', 'scripts/fuzz/schemathesis.toml', 'run', `${service.url}/openapi.json`],
      ...['--seed', options.seed, '--max-examples', options['max-examples'], ...selection],
      ...['--report', 'json,ndjson', '--report-json-path', report],
      ...['--report-ndjson-path', `${logs}/${name}.ndjson`],
    ],
    { env: { TOOGIT_API_KEY: apiKey } },
  );
  const { test_cases: cases } = JSON.parse(readFileSync(report, 'utf8'));
  return { requests: cases.generated, failed: status !== 'exit code 0' };
}
