export interface ProgressLine {
  /** Begins a run; the returned function is told how far it is. */
  start(name: string): (done: number, total: number) => void;
  /** How many runs are left, and how long each has taken so far. */
  expect(runs: number, secondsEach: number | null): void;
  /** A line that stays. */
  say(text: string): void;
  end(): void;
}

const everyMs = process.stderr.isTTY ? 500 : 10_000;

/** Jobs done, their rate, and when everything will be over, on stderr. */
export function progressLine(): ProgressLine {
  const live = process.stderr.isTTY === true;
  let spokenAt = 0;
  let left = { runs: 0, secondsEach: null as number | null };
  const wipe = live ? '\r\x1b[2K' : '';
  const say = (text: string) => process.stderr.write(`${wipe}${text}\n`);
  return {
    start: (name) => {
      const startedAt = performance.now();
      return (done, total) => {
        if (performance.now() - spokenAt < everyMs) return;
        spokenAt = performance.now();
        const seconds = (spokenAt - startedAt) / 1000;
        const { runs, secondsEach } = left;
        const eta =
          secondsEach === null ? '' : `  ${Math.max(0, runs * secondsEach - seconds).toFixed(0)} s to go`;
        const rate = (done / seconds).toFixed(1);
        const text = `▸ ${name}  ${seconds.toFixed(0)} s  ${done}/${total} jobs  ${rate}/s${eta}`;
        process.stderr.write(live ? `${wipe}${text}` : `${text}\n`);
      };
    },
    expect: (runs, secondsEach) => {
      left = { runs, secondsEach };
    },
    say,
    end: () => process.stderr.write(wipe),
  };
}
