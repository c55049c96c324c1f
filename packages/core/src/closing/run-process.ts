import { Closers } from './closers.js';

export interface ProcessOptions {
  /** Ends when `start` has; else it runs until a signal. */
  once?: boolean;
  /** It could not start; the process ends with 1. */
  failed(error: unknown): void;
  stopping?(signal: NodeJS.Signals): void;
  /** What could not be closed, or not in time; the process ends all the same. */
  unclosed(error: unknown): void;
}

/**
 * A service process: starts, runs until SIGTERM or SIGINT, which may come while it starts, closes what it has opened and
 * ends. It ends by `process.exit`: a socket to a service that is gone must not keep it.
 */
export async function runProcess(
  start: (closers: Closers) => Promise<void>,
  { once = false, failed, stopping = () => {}, unclosed }: ProcessOptions,
): Promise<never> {
  const closers = new Closers();
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  const ended = start(closers).then(
    () => (once ? 'done' : signalled),
    (error: unknown) => {
      failed(error);
      return 'failed' as const;
    },
  );
  const reason = await Promise.race([signalled, ended]);
  if (reason !== 'done' && reason !== 'failed') stopping(reason);
  await closers.closeAll().catch(unclosed);
  process.exit(reason === 'failed' ? 1 : 0);
}
