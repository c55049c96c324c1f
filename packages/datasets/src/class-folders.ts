import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ToogitError } from '@toogit/core';

/** An image file and the class of the folder it lies in. */
export interface LabelledFile {
  path: string;
  label: number;
}

const isImage = (name: string) => /\.(jpe?g|png)$/i.test(name);
/** What file managers and licences leave in a folder of images. */
const isByproduct = (name: string) => /^\.|^(thumbs\.db|licen[cs]e|readme)$|\.(txt|md|xml)$/i.test(name);

/**
 * The JPEG and PNG files in `<directory>/<class folder>/`; other folders are passed over. They come in the order of
 * sha256("folder/file"): a shuffle that depends on names alone (in NFC: file systems keep them in different forms), so
 * that the first n of them are a random sample of all classes, the same on every machine.
 *
 * @param classes class number by folder name
 * @throws DATASET_IMAGE_INVALID if a class folder holds files of another kind, or no image: they would be missed;
 *   the error of `readdir` if `directory` cannot be read
 */
export async function listClassFolders(
  directory: string,
  classes: ReadonlyMap<string, number>,
): Promise<LabelledFile[]> {
  const files: (LabelledFile & { name: string; rank: string })[] = [];
  for (const folder of await readdir(directory)) {
    const label = classes.get(folder);
    if (label === undefined) continue;
    for (const name of await imagesIn(join(directory, folder)))
      files.push({ path: join(directory, folder, name), label, name, rank: rankOf(`${folder}/${name}`) });
  }
  const isBefore = (a: (typeof files)[number], b: (typeof files)[number]) =>
    a.rank === b.rank ? a.name < b.name : a.rank < b.rank;
  files.sort((a, b) => (isBefore(a, b) ? -1 : 1));
  return files.map(({ path, label }) => ({ path, label }));
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !isByproduct(name));
  const others = names.filter((name) => !isImage(name)).sort();
  if (others.length > 0) {
    throw new ToogitError(
      'DATASET_IMAGE_INVALID',
      `${folder} holds ${others.length} files that are neither JPEG nor PNG by their names, such as ${others[0]}.`,
      { next: 'Convert them, or move them elsewhere, then retry the experiment.' },
    );
  }
  if (names.length > 0) return names;
  throw new ToogitError('DATASET_IMAGE_INVALID', `${folder} holds no image.`, {
    next: 'Put its images there, or remove the folder, then retry the experiment.',
  });
}

function rankOf(name: string): string {
  return createHash('sha256').update(name.normalize('NFC')).digest('hex');
}
