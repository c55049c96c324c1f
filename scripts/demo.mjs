/**
 * `npm run demo`: from a bare clone to the result of the simple experiment. Installs, builds, provisions the engine,
 * starts the embedded service, submits the spec over HTTP, watches, and writes out/demo/report.json and report.html.
 *
 *   npm run demo -- [--seed N] [--profile smoke|lab|paper] [--spec file] [--keep]
 *
 * An interrupted demo goes on where it was when run again. --keep leaves the service's state for a closer look.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { interruptChildren, openly, openPhase, phases } from './phases.mjs';
import { prepareWorkspace, provisionEngine, toogit } from './workspace.mjs';

const out = 'out/demo';
const stateDir = `${out}/state`;
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    profile: { type: 'string' },
    spec: { type: 'string', default: 'examples/simple-experiment.smoke.yaml' },
    keep: { type: 'boolean', default: false },
  },
});

let service = null;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    interruptChildren(signal);
  });
}

/** The spec to send: the file, with --seed and --profile put in. */
async function writeSpec() {
  const text = readFileSync(options.spec, 'utf8');
  if (options.seed === undefined && options.profile === undefined) return options.spec;
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  if (options.seed !== undefined) document.set('seed', Number(options.seed));
  if (options.profile !== undefined) document.set('profile', options.profile);
  const file = `${out}/spec.yaml`;
  writeFileSync(file, document.toString());
  return file;
}

/** Starts `toogit up` in a process group of its own, so that Ctrl-C reaches it through us alone. */
async function startService() {
  const args = [...toogit, 'up', '--json', '--state-dir', stateDir, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  service = { child, gone, url: null };
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line))));
  const first = await Promise.race([ready, gone]);
  if (first?.ready !== true) throw new Error('The service did not start; its reason is above.');
  service.url = first.url;
}

async function stopService() {
  if (service === null) return;
  await openPhase('stop the service', 'service', async () => {
    service.child.kill('SIGTERM');
    await service.gone;
  });
}

async function run(args, { quiet = false } = {}) {
  if (interrupted) throw new Error('interrupted');
  const env = { TOOGIT_URL: service.url };
  const { status, text } = await openly(process.execPath, [...toogit, ...args], {
    env,
    stdout: quiet ? 'pipe' : 'inherit',
  });
  if (status !== 'exit code 0') throw new Error(`toogit ${args[0]} ended with ${status}.`);
  return text;
}

async function experiment() {
  const spec = await writeSpec();
  await run(['plan', spec]);
  const { id } = JSON.parse(await run(['submit', spec, '--json'], { quiet: true }));
  console.error(`experiment ${id}`);
  const startedAt = performance.now();
  await run(['watch', id]);
  console.error(`  computed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  writeFileSync(`${out}/report.json`, await run(['report', id, '--json'], { quiet: true }));
  await run(['report', id, '--html', `${out}/report.html`]);
  return id;
}

/** Time of each step by its jobs' own clocks. Importing a data set waits for the network; the rest computes. */
async function stepTimes(id) {
  const [{ steps }, { items: jobs }] = await Promise.all(
    ['', '/jobs?limit=200'].map(async (path) =>
      (await fetch(`${service.url}/v1/experiments/${id}${path}`)).json(),
    ),
  );
  const byKey = new Map(jobs.map((job) => [job.key, job]));
  return steps.map(({ name, kind, jobKeys }) => {
    const its = jobKeys.map((key) => byKey.get(key));
    const seconds = its.reduce(
      (sum, job) => sum + (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000,
      0,
    );
    return {
      name: `  ${name}`,
      kind: kind === 'dataset' || kind === 'dataset.import' ? 'network' : 'compute',
      seconds,
    };
  });
}

function printTimes(all) {
  const total = { network: 0, compute: 0, service: 0 };
  console.log('');
  for (const { name, kind, seconds } of all) {
    total[kind] += seconds;
    console.log(`${name.padEnd(34)} ${seconds.toFixed(1).padStart(8)} s  ${kind}`);
  }
  for (const [kind, seconds] of Object.entries(total)) {
    console.log(`${`total ${kind}`.padEnd(34)} ${seconds.toFixed(1).padStart(8)} s`);
  }
}

async function main() {
  mkdirSync(out, { recursive: true });
  try {
    await prepareWorkspace({ logs: out });
    await provisionEngine();
    await openPhase('start the service', 'service', startService);
    const id = await experiment();
    phases.push(...(await stepTimes(id)));
    await stopService();
    if (!options.keep) rmSync(stateDir, { recursive: true, force: true });
    printTimes(phases);
    console.log(`\nwrote ${out}/report.json and ${out}/report.html`);
    if (options.keep) console.log(`state kept: node ${toogit[0]} up --state-dir ${stateDir}`);
  } catch (error) {
    await stopService();
    if (!interrupted) console.error(`\n${error.message}`);
    console.error(`Run the demo again to go on from here (state in ${stateDir}).`);
    process.exitCode = interrupted ? 130 : 1;
  }
}

await main();
