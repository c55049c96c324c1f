import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ToogitError } from '@toogit/core';

/** The text of a spec; `-` is standard input. The service parses it, so that every way of sending it gives the same errors. */
export async function readSpec(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return readFile(path, 'utf8').catch((error) => {
    throw fileError('FILE_UNREADABLE', `The spec ${path} can't be read`, error);
  });
}

/** @throws FILE_UNWRITABLE */
export async function writeText(path: string, content: string): Promise<void> {
  await writeFile(path, content).catch((error) => {
    throw fileError('FILE_UNWRITABLE', `${path} can't be written`, error);
  });
}

/** @throws FILE_UNWRITABLE */
export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw fileError('FILE_UNWRITABLE', `The directory ${path} can't be made`, error);
  });
}

/** An error of the file system, in words for a person. */
export function fileError(
  code: 'FILE_UNREADABLE' | 'FILE_UNWRITABLE',
  what: string,
  error: NodeJS.ErrnoException,
): ToogitError {
  return new ToogitError(code, `${what}: ${reasons[error.code ?? ''] ?? error.message}.`, { cause: error });
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'permission is denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
};
