import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ToogitError } from '@toogit/errors';

/** A spec as it lies on disk; the service parses it, so that every road gives the same errors. */
export interface SpecText {
  text: string;
  contentType: 'application/json' | 'application/yaml';
}

/** Reads a spec; `-` is standard input. */
export async function readSpec(path: string): Promise<SpecText> {
  const content = path === '-' ? await text(process.stdin) : await readFile(path, 'utf8').catch(unreadable(path));
  const json = path.endsWith('.json') || content.trimStart().startsWith('{');
  return { text: content, contentType: json ? 'application/json' : 'application/yaml' };
}

function unreadable(path: string) {
  return (error: NodeJS.ErrnoException): never => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new ToogitError('NOT_FOUND', `The spec ${path} can't be read: ${why}.`, { cause: error });
  };
}
