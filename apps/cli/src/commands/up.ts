import type { ServiceConfig } from '@toogit/config';
import { exitCodes } from '../exit-codes.js';
import type { CommandContext } from './context.js';
import { ensureEngine } from './engine-install.js';

interface UpOptions {
  stateDir: string;
  port?: number;
  threads?: number;
  workers?: number;
  device?: ServiceConfig['worker']['device'];
}

/** Runs the embedded service until SIGINT or SIGTERM; a second one makes it hurry. */
export async function up(context: CommandContext, options: UpOptions): Promise<void> {
  const { terminal, json } = context;
  const { device = 'auto', port = null, threads = null, workers = 1, stateDir } = options;
  const note = (message: string) => terminal.err(`${terminal.colors.dim('toogit')}  ${message}`);
  const stopping = stopSignals();

  if (device !== 'js') await ensureEngine(context, { cuda: device === 'cuda' });
  const { startEmbeddedService } = await import('../embedded/service.js');
  const service = await startEmbeddedService({
    stateDir,
    port,
    threads,
    workers,
    device,
    note,
    signal: stopping.signal,
  });
  const ready = { ready: true, url: service.url, pid: process.pid, stateDir: service.stateDir };
  terminal.out(json ? JSON.stringify(ready) : `READY ${service.url}`);
  if (!json) note(`state in ${service.stateDir}; Ctrl-C stops everything`);

  const reason = await Promise.race([stopping.requested, service.failed]).catch((error: unknown) => error);
  stopping.onSecond(() => {
    context.exitWith(exitCodes.interrupted);
    note('stopping at once');
    service.hurry();
  });
  if (reason === undefined) note('stopping: the worker gives its job back first; Ctrl-C again to hurry');
  await service.stop();
  if (reason !== undefined) throw reason;
  note('stopped');
}

/** SIGINT and SIGTERM, first and second. */
function stopSignals() {
  const controller = new AbortController();
  let firstAt = 0;
  let second = () => {};
  let stop: (value: undefined) => void = () => {};
  const requested = new Promise<undefined>((resolve) => {
    stop = resolve;
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // npm and shells pass on a Ctrl-C that the terminal has sent us already: the same one, not a second.
      if (firstAt > 0 && Date.now() - firstAt > 500) second();
      firstAt ||= Date.now();
      controller.abort();
      stop(undefined);
    });
  }
  return {
    signal: controller.signal,
    requested,
    onSecond(action: () => void) {
      second = action;
    },
  };
}
