import type { JobProgress } from '@toogit/catalogue';

const windowMs = 15_000;

/** Adds rate and time left to bare counts, from how fast the count rose over the last seconds. */
export function progressMeter(
  now: () => number = Date.now,
): (update: Partial<JobProgress> & Pick<JobProgress, 'done' | 'total' | 'unit'>) => JobProgress {
  const samples: { at: number; done: number }[] = [];
  return (update) => {
    const at = now();
    samples.push({ at, done: update.done });
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > windowMs) samples.shift();
    const first = samples[0] ?? { at, done: update.done };
    const rate = at > first.at ? ((update.done - first.done) * 1000) / (at - first.at) : null;
    const etaSeconds = rate !== null && rate > 0 ? (update.total - update.done) / rate : null;
    return { rate, etaSeconds, message: null, ...update };
  };
}
