import type { Terminal } from './terminal.js';

interface Warning {
  path: string;
  message: string;
  next: string;
}

/** Warnings, each with what to change, as lines for people. */
export function warningLines(warnings: readonly Warning[], { colors }: Pick<Terminal, 'colors'>): string[] {
  return warnings.flatMap(({ path, message, next }) => [
    `${colors.yellow('warning')} ${path}: ${message}`,
    colors.dim(`  next: ${next}`),
  ]);
}
