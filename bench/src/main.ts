import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@toogit/artifacts';
import { cacheDirectory } from '@toogit/engine';
import { Command, Option } from 'commander';
import { Contestant, type Timing } from './contestant.js';
import { peerPython } from './peer-environment.js';
import { median, range } from './statistics.js';
import { defaults, type Task, tasks } from './tasks.js';

interface Options {
  json: boolean;
  threads: string;
  rounds: string;
  steps: string;
  width: string;
  batchSize?: string;
}

interface Row {
  threads: number;
  peer: string;
  /** Milliseconds a step, medians. */
  oursMs: number;
  peerMs: number;
  oursCpuMs: number;
  peerCpuMs: number;
  /** peer time / ours: median over the rounds, and the range. */
  ratio: number;
  spread: [number, number];
}

/** Peers in the order of their rows; the first is the one that `ratio` is against. */
const peers: Record<Task, string[]> = {
  attack: ['eager', 'compile', 'folded'],
  train: ['eager', 'compile', 'fused'],
};

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

async function compare(task: Task, options: Options): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-'));
  const rounds = Number(options.rounds);
  const batchSize = Number(options.batchSize ?? defaults[task].batchSize);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const python = peerPython(cacheDirectory());
    await writeFile(
      join(directory, 'settings.json'),
      JSON.stringify({ ...defaults[task], batchSize, width: Number(options.width) }),
    );
    const rows: Row[] = [];
    for (const threads of options.threads.split(',').map(Number)) {
      const ours = await startOurs(task, threads, directory);
      const others = [];
      for (const variant of peers[task])
        others.push(await startPeer(python, task, variant, threads, directory));
      say(
        `${task}, resnet9 width ${options.width}, batch ${batchSize}, ${threads} thread(s), ${rounds} rounds of ${options.steps} steps`,
      );
      await agree([ours, ...others], directory);
      rows.push(...(await race(ours, others, threads, rounds, Number(options.steps), say)));
      for (const contestant of [ours, ...others]) await contestant.close();
    }
    print(task, rows, options.json);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const startOurs = (task: Task, threads: number, directory: string) =>
  Contestant.start(
    'ours',
    process.execPath,
    [here('./ours.js'), task, String(threads), directory],
    process.env,
  );

const startPeer = (python: string, task: Task, variant: string, threads: number, directory: string) =>
  Contestant.start(variant, python, [here('../peer/peer.py'), task, variant, String(threads), directory], {
    ...process.env,
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
  });

/** Same weights, same batch: the contestants' results must be the same up to rounding. */
async function agree(contestants: Contestant[], directory: string): Promise<void> {
  const results: Float32Array[] = [];
  for (const contestant of contestants) {
    const path = join(directory, `check-${contestant.name}.safetensors`);
    await contestant.check(path);
    results.push(decodeSafetensors(await readFile(path)).result?.data as Float32Array);
  }
  const [ours, ...others] = results as [Float32Array, ...Float32Array[]];
  others.forEach((other, index) => {
    const difference = ours.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (other[i] as number))),
      0,
    );
    if (other.length !== ours.length || !(difference < 2e-3)) {
      throw new Error(
        `${contestants[index + 1]?.name} computes something else: largest difference ${difference}`,
      );
    }
  });
}

async function race(
  ours: Contestant,
  others: Contestant[],
  threads: number,
  rounds: number,
  steps: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const all = [ours, ...others];
  for (const contestant of all) await contestant.run(Math.max(2, steps));
  const timings = new Map<string, Timing[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of all) timings.get(contestant.name)?.push(await contestant.run(steps));
    say(
      `  round ${round + 1}: ${all.map(({ name }) => `${name} ${timings.get(name)?.at(-1)?.wallMs.toFixed(0)} ms`).join(', ')}`,
    );
  }
  const of = (name: string) => timings.get(name) as Timing[];
  return others.map(({ name }) => {
    const ratios = of(name).map((peer, round) => peer.wallMs / (of('ours')[round] as Timing).wallMs);
    return {
      threads,
      peer: name,
      oursMs: median(of('ours').map((t) => t.wallMs)),
      peerMs: median(of(name).map((t) => t.wallMs)),
      oursCpuMs: median(of('ours').map((t) => t.cpuMs)),
      peerCpuMs: median(of(name).map((t) => t.cpuMs)),
      ratio: median(ratios),
      spread: range(ratios),
    };
  });
}

/** The headline is the worst thread count's row against the first peer. */
function print(task: Task, rows: Row[], json: boolean): void {
  for (const row of rows) {
    process.stderr.write(
      `${row.threads} thread(s), ${row.peer.padEnd(8)} ours ${row.oursMs.toFixed(0)} ms, peer ${row.peerMs.toFixed(0)} ms, ratio ${row.ratio.toFixed(2)} (${row.spread.map((r) => r.toFixed(2)).join(' to ')})\n`,
    );
  }
  const headline = rows
    .filter(({ peer }) => peer === peers[task][0])
    .reduce((worst, row) => (row.ratio < worst.ratio ? row : worst));
  const { oursMs, peerMs, ratio, spread } = headline;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ name: task, ours: oursMs, peer: peerMs, ratio, spread, rows })}\n`,
    );
}

const program = new Command('bench').description(
  'our engine against PyTorch: the same network, weights, batch and threads, in turn',
);
for (const task of tasks) {
  program
    .command(task)
    .option('--json', 'a line of JSON at the end', false)
    .addOption(new Option('--threads <list>', 'thread counts, each raced apart').default('1,2'))
    .option('--rounds <n>', 'rounds, each contestant once a round', '9')
    .option('--steps <n>', 'steps a round', '3')
    .option('--width <w>', 'fraction of the published channel counts', '0.25')
    .option('--batch-size <n>')
    .action((options: Options) => compare(task, options));
}
await program.parseAsync();
