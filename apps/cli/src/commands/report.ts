import { writeFile } from 'node:fs/promises';
import { renderTable } from '@toogit/report';
import type { CommandContext } from './context.js';

/** Prints a finished experiment's table; `--html` also writes the page. */
export async function report(
  { client, terminal, json }: CommandContext,
  id: string,
  options: { html?: string },
): Promise<void> {
  const document = await client.getReport(id);
  terminal.out(json ? JSON.stringify(document) : renderTable(document));
  if (options.html === undefined) return;
  await writeFile(options.html, await client.getReportHtml(id));
  terminal.err(`wrote ${options.html}`);
}
