import type { ErrorDetail, ToogitError } from '@toogit/core';
import type { Colors } from './terminal.js';

/** An error for a person: code and message, each offending place with its suggestion, what to do next. */
export function errorText(error: ToogitError, colors: Colors, verbose: boolean): string {
  const lines = [`${colors.red(colors.bold(error.code))}  ${error.message}`];
  for (const { path, message, suggestion, line } of placesBeside(error)) {
    const at = line === undefined ? '' : `${colors.dim(`line ${line}`)} `;
    const place = at + (path === '' ? '' : `${colors.bold(path)}: `);
    const hint = suggestion === undefined ? '' : colors.cyan(` (${suggestionText(suggestion)})`);
    lines.push(`  ${place}${message}${hint}`);
  }
  lines.push(`  ${colors.dim('next:')} ${error.next}`);
  if (verbose && error.code === 'INTERNAL') lines.push(...stackLines(error));
  return lines.join('\n');
}

/** The message holds a single problem itself. */
function placesBeside({ message, details = [] }: ToogitError): ErrorDetail[] {
  const [only, ...others] = details;
  return only && others.length === 0 && message.includes(`${only.path}: ${only.message}`) ? [] : details;
}

/** A bare name is offered as a correction; a sentence stands as it is. */
function suggestionText(suggestion: string): string {
  return /\s/.test(suggestion) ? suggestion : `did you mean ${suggestion}?`;
}

function stackLines(error: ToogitError): string[] {
  const origin = error.cause instanceof Error ? error.cause : error;
  return (origin.stack ?? '').split('\n').map((line) => `  ${line}`);
}
