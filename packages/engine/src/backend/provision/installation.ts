import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Written last, with the size of every file: a directory without it, or with other sizes, is no installation. */
const MARKER = 'complete.json';

export async function writeCompletionMarker(directory: string, sizes: Record<string, number>): Promise<void> {
  await writeFile(join(directory, MARKER), `${JSON.stringify({ files: sizes }, null, 2)}\n`);
}

/** The files of a whole installation, by name relative to it; undefined when it is missing or not whole. */
export async function installedFiles(directory: string): Promise<string[] | undefined> {
  try {
    const { files } = JSON.parse(await readFile(join(directory, MARKER), 'utf8')) as {
      files: Record<string, number>;
    };
    const names = Object.keys(files);
    const whole = await Promise.all(
      names.map(async (name) => (await stat(join(directory, name))).size === files[name]),
    );
    return names.length > 0 && whole.every(Boolean) ? names : undefined;
  } catch {
    return undefined;
  }
}

export const isWholeInstallation = async (directory: string): Promise<boolean> =>
  (await installedFiles(directory)) !== undefined;
