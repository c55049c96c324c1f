import type { SpeedProbe } from '@toogit/catalogue';
import type { Logger } from 'pino';
import { repeat } from './repeat.js';

interface Probed {
  readonly busy: boolean;
  probe(): Promise<SpeedProbe | null>;
}

const idleMs = 1_500;
/** A worker that is never idle for long has jobs, and those are better evidence than a probe. */
const mostTries = 3;

/**
 * Times a worker's engine once, when no job has come for a moment, for estimates of what no job has shown yet. A job has
 * precedence: it ends the probe, which is tried again.
 */
export function probeWhenIdle(
  compute: Probed,
  record: (probe: SpeedProbe) => Promise<void>,
  log: Logger,
): { stop(): void } {
  let tries = 0;
  const probing = repeat(
    idleMs,
    async () => {
      if (compute.busy) return;
      tries++;
      const probe = await compute.probe();
      if (probe !== null) {
        await record(probe);
        log.info(probe, 'engine timed');
      }
      if (probe !== null || tries === mostTries) void probing.stop();
    },
    (error) => log.warn({ err: error }, 'engine not timed'),
  );
  // A probe under way is not waited for: it ends with its process.
  return { stop: () => void probing.stop() };
}
