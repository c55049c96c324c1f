import { renderTable } from '@toogit/report';
import { writeText } from '../files.js';
import type { CommandContext } from './context.js';

/** Prints a finished experiment's table; `--html` also writes the page. */
export async function report(
  { client, terminal, json }: CommandContext,
  id: string,
  { html, step }: { html?: string; step?: string },
): Promise<void> {
  const query = step === undefined ? {} : { step };
  const document = await client.getReport(id, query);
  terminal.out(json ? JSON.stringify(document) : renderTable(document, terminal.columns));
  if (html === undefined) return;
  await writeText(html, await client.getReportPage(id, query));
  terminal.err(`wrote ${html}`);
}
