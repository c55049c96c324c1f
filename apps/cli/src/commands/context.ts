import type { Client } from '@toogit/client';
import type { ExitCode } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

/** What every command is given. */
export interface CommandContext {
  terminal: Terminal;
  /** `--json`: results as one JSON document on stdout. */
  json: boolean;
  verbose: boolean;
  /** The service's address, from --url, TOOGIT_URL, or the default. */
  url: string;
  client: Client;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Sets the exit code of a command that ends without an error. */
  exitWith(code: ExitCode): void;
}
