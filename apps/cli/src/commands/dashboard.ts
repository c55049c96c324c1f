import { writeText } from '../files.js';
import type { CommandContext } from './context.js';

interface DashboardOptions {
  format: 'json' | 'svg' | 'csv';
  out?: string;
  experiment?: string[];
  study?: string;
  architecture?: string[];
  epsilon?: string[];
  seed?: string[];
  limit?: number;
}

/** Prints a figure over all experiments, or writes it to a file. */
export async function dashboard(
  { client, terminal }: CommandContext,
  figure: string,
  { format, out, experiment, study, architecture, epsilon, seed, limit }: DashboardOptions,
): Promise<void> {
  const filters = { experiment, study, architecture, epsilon, seed, limit };
  const query = Object.entries(filters).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  const text = await client.getDashboard(figure, { format, query: Object.fromEntries(query) });
  if (out === undefined) return terminal.out(text.trimEnd());
  await writeText(out, text);
  terminal.err(`wrote ${out}`);
}
