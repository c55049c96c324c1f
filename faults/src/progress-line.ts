export interface ProgressLine {
  /** Begins a run, which then reports its progress. */
  start(name: string): { report(progress: { done: number; jobs: number }): void; end(): void };
  /** A seed has been run. */
  done(): void;
  /** A line that stays. */
  note(text: string): void;
  end(): void;
}

const everyMs = process.stderr.isTTY ? 500 : 10_000;

/** On stderr: seeds done, how many a minute, when all will be; jobs done of each that runs. */
export function progressLine(seeds: number): ProgressLine {
  const live = process.stderr.isTTY === true;
  const wipe = live ? '\r\x1b[2K' : '';
  const running = new Map<string, { startedAt: number; done: number; jobs: number }>();
  let spokenAt = 0;
  let seedsDone = 0;
  let startedAt: number | null = null;

  const draw = () => {
    if (performance.now() - spokenAt < everyMs) return;
    spokenAt = performance.now();
    const parts = [`▸ ${seedsDone} of ${seeds} seeds`];
    if (startedAt !== null && seedsDone > 0) {
      const rate = seedsDone / (spokenAt - startedAt);
      const minutes = (seeds - seedsDone) / rate / 60_000;
      parts.push(`${(60_000 * rate).toFixed(2)} a minute, ${minutes.toFixed(0)} min to go`);
    }
    for (const [name, run] of running) {
      const seconds = (spokenAt - run.startedAt) / 1000;
      parts.push(`${name}: ${run.done}/${run.jobs} jobs in ${seconds.toFixed(0)} s`);
    }
    process.stderr.write(live ? `${wipe}${parts.join(' · ')}` : `${parts.join(' · ')}\n`);
  };
  return {
    start: (name) => {
      const run = { startedAt: performance.now(), done: 0, jobs: 0 };
      running.set(name, run);
      if (name.startsWith('seed')) startedAt ??= run.startedAt;
      return {
        report: ({ done, jobs }) => {
          Object.assign(run, { done, jobs });
          draw();
        },
        end: () => void running.delete(name),
      };
    },
    done: () => {
      seedsDone += 1;
    },
    note: (text) => void process.stderr.write(`${wipe}${text}\n`),
    end: () => void process.stderr.write(wipe),
  };
}
