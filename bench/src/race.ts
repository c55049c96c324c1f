import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors } from '@toogit/artifacts';
import { cacheDirectory } from '@toogit/engine';
import type { Contestant, Timing } from './contestant.js';
import { inScratchDirectory, startOurs, startPeer } from './contestants.js';
import { peerPython } from './peer-environment.js';
import { median, range } from './statistics.js';
import { defaults, type Task } from './tasks.js';

export interface RaceOptions {
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

const note = (line: string) => process.stderr.write(`${line}\n`);

/** Races our engine against each peer at each thread count and prints the ratios. */
export async function race(task: Task, options: RaceOptions): Promise<void> {
  const python = peerPython(cacheDirectory());
  const settings = {
    ...defaults[task],
    batchSize: Number(options.batchSize ?? defaults[task].batchSize),
    width: Number(options.width),
  };
  const rows: Row[] = [];
  await inScratchDirectory(async (directory) => {
    await writeFile(join(directory, 'settings.json'), JSON.stringify(settings));
    for (const threads of options.threads.split(',').map(Number)) {
      note(`${task}: resnet9, width ${settings.width}, batch ${settings.batchSize}, ${threads} thread(s)`);
      const contestants = [await startOurs(task, threads, directory)];
      try {
        for (const variant of peers[task]) {
          contestants.push(await startPeer(python, task, variant, threads, directory));
        }
        await agree(contestants, directory);
        const timings = await takeTurns(contestants, Number(options.rounds), Number(options.steps));
        rows.push(...compare(contestants, timings, threads));
      } finally {
        for (const contestant of contestants) await contestant.close();
      }
    }
  });
  print(task, rows, options.json);
}

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

type Timings = Map<string, Timing[]>;

/** A round: every contestant once, in the same order. One round before the first isn't counted. */
async function takeTurns(contestants: Contestant[], rounds: number, steps: number): Promise<Timings> {
  const timings: Timings = new Map(contestants.map(({ name }) => [name, []]));
  for (const contestant of contestants) await contestant.run(steps);
  for (let round = 1; round <= rounds; round++) {
    const shown = [];
    for (const contestant of contestants) {
      const timing = await contestant.run(steps);
      timings.get(contestant.name)?.push(timing);
      shown.push(`${contestant.name} ${timing.wallMs.toFixed(0)} ms`);
    }
    note(`  round ${round}/${rounds}: ${shown.join(', ')}`);
  }
  return timings;
}

function compare([ours, ...others]: Contestant[], timings: Timings, threads: number): Row[] {
  const of = (contestant: Contestant | undefined) => timings.get(contestant?.name ?? '') ?? [];
  const middle = (contestant: Contestant | undefined, what: keyof Timing) =>
    median(of(contestant).map((timing) => timing[what]));
  return others.map((peer) => {
    const ratios = of(peer).map((timing, round) => timing.wallMs / (of(ours)[round]?.wallMs ?? Number.NaN));
    return {
      threads,
      peer: peer.name,
      oursMs: middle(ours, 'wallMs'),
      peerMs: middle(peer, 'wallMs'),
      oursCpuMs: middle(ours, 'cpuMs'),
      peerCpuMs: middle(peer, 'cpuMs'),
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
