import picocolors from 'picocolors';
import { exitCodes } from './exit-codes.js';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command writes: results to `out`, everything else (progress, remarks, errors) to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person is looking: live views and colours are for them alone. */
  interactive: boolean;
  readonly columns: number;
  readonly rows: number;
  colors: Colors;
}

/** The process's own terminal. NO_COLOR and FORCE_COLOR are honoured by picocolors. */
export function processTerminal(): Terminal {
  // A reader that has seen enough (`| head`) closes the pipe: no error, there is nobody left to write to.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok);
  });
  const interactive = Boolean(process.stdout.isTTY && process.stderr.isTTY);
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    interactive,
    // Read at each use: a person may resize the window.
    get columns() {
      return process.stderr.columns ?? 100;
    },
    get rows() {
      return process.stderr.rows ?? 40;
    },
    colors: picocolors.createColors(picocolors.isColorSupported && interactive),
  };
}
