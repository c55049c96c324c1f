/**
 * `npm test`: from a bare clone to green. Installs, builds, lints, provisions the engine, starts the real services it
 * finds, runs every test, names what was skipped and why.
 *
 *   node scripts/test.mjs [vitest filters…]
 *   TOOGIT_TEST_REQUIRE=redis,s3,compose   a skipped test of these is a failure
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { interruptChildren, openly, openPhase, phase, phases, quietly } from './phases.mjs';
import { prepareWorkspace, provisionEngine } from './workspace.mjs';

const out = 'out/test';
const summaryFile = `${out}/summary.json`;
const required = (process.env.TOOGIT_TEST_REQUIRE ?? '').split(',').filter((name) => name !== '');
const filters = process.argv.slice(2);

process.on('SIGINT', () => interruptChildren('SIGINT'));
process.on('SIGTERM', () => interruptChildren('SIGTERM'));

async function lint() {
  await phase('lint', 'compute', (report) =>
    quietly('npm', ['run', '--silent', 'lint'], { logFile: `${out}/lint.log`, report }),
  );
}

async function vitest() {
  const { status } = await openly(process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--maxWorkers=2',
    '--reporter=default',
    '--reporter=./scripts/test-reporter.mjs',
    ...filters,
  ]);
  return status;
}

/** Skipped tests whose reason or name mentions a required service. */
function missing(summary) {
  return summary.skipped.filter((test) =>
    required.some((service) =>
      `${test.reason} ${test.name} ${test.file}`.toLowerCase().includes(service.toLowerCase()),
    ),
  );
}

function printSummary(summary) {
  const { passed, failures, skipped } = summary;
  console.log('');
  for (const { name, seconds } of phases)
    console.log(`  ${name.padEnd(18)} ${seconds.toFixed(1).padStart(7)} s`);
  if (skipped.length > 0) console.log(`\nskipped: ${skipped.length}`);
  for (const [reason, tests] of groupBy(skipped, (test) => test.reason)) {
    console.log(`  ${reason}`);
    for (const test of tests) console.log(`    ${test.file} > ${test.name}`);
  }
  if (failures.length > 0) console.log(`\nfailed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\n${passed} passed, ${summary.failed} failed`);
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

async function main() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const summary = { passed: 0, failed: 0, skipped: [], failures: [] };
  try {
    await prepareWorkspace({ logs: out });
    if (filters.length === 0) await lint();
    await provisionEngine();
    const status = await openPhase('tests', 'compute', vitest);
    Object.assign(summary, JSON.parse(readFileSync(summaryFile, 'utf8')));
    for (const test of missing(summary)) {
      summary.failed += 1;
      summary.failures.push(
        `${test.file} > ${test.name} (skipped: ${test.reason}, but TOOGIT_TEST_REQUIRE requires it)`,
      );
    }
    if (status !== 'exit code 0' && summary.failed === 0) throw new Error(`vitest ended with ${status}.`);
  } catch (error) {
    summary.failed += 1;
    summary.failures.push(error.message);
  }
  writeFileSync(summaryFile, JSON.stringify(summary, null, 2));
  printSummary(summary);
  process.exitCode = summary.failed > 0 ? 1 : 0;
}

await main();
