import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ToogitError } from '@toogit/errors';

/** The text of a spec; `-` is standard input. The service parses it, so that every road gives the same errors. */
export async function readSpec(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new ToogitError('FILE_UNREADABLE', `The spec ${path} can't be read: ${why}.`, { cause: error });
  });
}
