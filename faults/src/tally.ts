import type { DisturbedRunResult } from './disturbed-run.js';
import type { ProgressLine } from './progress-line.js';
import type { Shot } from './schedule.js';

export interface Failure {
  seed: number;
  problems: string[];
  logs: string;
  /** The command that runs it again. */
  replay: string;
}

export interface TallyResult {
  passed: number;
  failed: Failure[];
  /** Seeds that have not been run to their end. */
  remaining: number[];
  /** From a seed's POST to the end of its checks. */
  secondsPerSeed: number | null;
  /** How often each kind struck. */
  faults: Record<string, number>;
  attempts: { succeeded: number; failed: number; expired: number };
}

interface Entry extends DisturbedRunResult {
  seed: number;
  shots: Shot[];
  logs: string;
}

/** Which seeds are still to be run, and what came of the others. */
export class Tally {
  /** Not yet taken. */
  readonly queue: number[];
  readonly #failed: Failure[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #attempts = { succeeded: 0, failed: 0, expired: 0 };
  readonly #ended = new Set<number>();
  #seconds = 0;

  constructor(
    private readonly seeds: number[],
    private readonly line: ProgressLine,
  ) {
    this.queue = [...seeds];
  }

  take(): number {
    const seed = this.queue.shift();
    if (seed === undefined) throw new Error('no seed is left');
    return seed;
  }

  enter({ seed, shots, problems, seconds, attempts, logs }: Entry): void {
    this.#ended.add(seed);
    this.#seconds += seconds;
    for (const { fault } of shots) this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    for (const outcome of ['succeeded', 'failed', 'expired'] as const)
      this.#attempts[outcome] += attempts[outcome];
    const what = shots.map(({ fault, doneFraction }) => `${fault} at ${doneFraction}`).join(', ');
    this.line.note(`${problems.length === 0 ? '✔' : '✖'} seed ${seed}  ${seconds.toFixed(0)} s  ${what}`);
    this.line.done();
    if (problems.length > 0) this.#fail(seed, problems, logs);
  }

  /** What was wrong when a cluster that had served these seeds was stopped. */
  enterStop({ seeds, problems, logs }: { seeds: number[]; problems: string[]; logs: string }): void {
    this.line.note(`✖ the end after seeds ${seeds.join(', ')}`);
    this.#fail(seeds.at(-1) ?? -1, problems, logs);
  }

  result(): TallyResult {
    return {
      passed: this.#ended.size - new Set(this.#failed.map(({ seed }) => seed)).size,
      failed: this.#failed,
      remaining: this.seeds.filter((seed) => !this.#ended.has(seed)),
      secondsPerSeed: this.#ended.size === 0 ? null : this.#seconds / this.#ended.size,
      ...{ faults: this.#faults, attempts: this.#attempts },
    };
  }

  #fail(seed: number, problems: string[], logs: string): void {
    const replay = `npm run faults -- --seed ${seed}`;
    this.#failed.push({ seed, problems, logs, replay });
    for (const problem of problems.slice(0, 20)) this.line.note(`    ${problem}`);
    this.line.note(`    logs: ${logs}; again: ${replay}`);
  }
}
