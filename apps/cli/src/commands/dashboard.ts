import { writeFile } from 'node:fs/promises';
import type { CommandContext } from './context.js';

interface DashboardOptions {
  format: 'json' | 'svg' | 'csv';
  experiment?: string[];
  out?: string;
}

/** Prints a figure over all experiments, or writes it to a file. */
export async function dashboard(
  { client, terminal }: CommandContext,
  figure: string,
  { format, experiment, out }: DashboardOptions,
): Promise<void> {
  const text = await client.getDashboard(figure, { format, query: experiment ? { experiment } : {} });
  if (out === undefined) return terminal.out(text.trimEnd());
  await writeFile(out, text);
  terminal.err(`wrote ${out}`);
}
