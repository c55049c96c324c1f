import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** An image file and the class of the folder it lies in. */
export interface LabelledFile {
  path: string;
  label: number;
}

const isImage = (name: string) => !name.startsWith('.') && /\.(jpe?g|png)$/i.test(name);

/**
 * The JPEG and PNG files in `<directory>/<class folder>/`; other folders and files are passed over. They come in the
 * order of sha256("folder/file"): a shuffle that depends on names alone, so that the first n of them are a random
 * sample of all classes, the same on every machine.
 *
 * @param classes class number by folder name
 * @throws the error of `readdir` if `directory` cannot be read
 */
export async function listClassFolders(
  directory: string,
  classes: ReadonlyMap<string, number>,
): Promise<LabelledFile[]> {
  const files: (LabelledFile & { rank: string })[] = [];
  for (const folder of await readdir(directory)) {
    const label = classes.get(folder);
    if (label === undefined) continue;
    for (const name of (await readdir(join(directory, folder))).filter(isImage))
      files.push({ path: join(directory, folder, name), label, rank: rankOf(`${folder}/${name}`) });
  }
  files.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return files.map(({ path, label }) => ({ path, label }));
}

function rankOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
