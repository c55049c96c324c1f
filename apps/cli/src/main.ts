import { createClient } from '@toogit/client';
import { ToogitError } from '@toogit/core';
import type { CommandContext } from './commands/context.js';
import { errorText } from './error-text.js';
import { type ExitCode, exitCodeFor, exitCodes } from './exit-codes.js';
import { buildProgram, isCommanderError } from './program.js';
import { serviceUrl } from './service-url.js';
import { processTerminal, type Terminal } from './terminal.js';

/** Runs one command line and returns the exit code; never throws. Ctrl-C aborts the command's signal. */
export async function main(
  args: string[],
  terminal: Terminal = processTerminal(),
  signal: AbortSignal = interruptSignal(),
): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok;
  let options = { json: args.includes('--json'), verbose: args.includes('--verbose') };
  const program = buildProgram(({ json, verbose, url, apiKey }) => {
    options = { json, verbose };
    const address = serviceUrl(url);
    const context: CommandContext = {
      terminal,
      json,
      verbose,
      url: address,
      client: createClient(address, apiKey === undefined ? {} : { apiKey }),
      signal,
      exitWith: (exitCode) => {
        code = exitCode;
      },
    };
    return context;
  });
  program.configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.err(text.trimEnd()),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (isCommanderError(error)) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (signal.aborted) return exitCodes.interrupted;
    return reportError(ToogitError.from(error), terminal, options);
  }
}

function reportError(
  error: ToogitError,
  terminal: Terminal,
  { json, verbose }: { json: boolean; verbose: boolean },
): ExitCode {
  if (json) terminal.out(JSON.stringify({ error: error.toJSON() }));
  else terminal.err(errorText(error, terminal.colors, verbose));
  return exitCodeFor(error);
}

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
