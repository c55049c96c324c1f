import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** The files of a .tar.gz whose names `wanted` accepts, one by one as they lie in it. */
export async function* tarEntries(
  path: string,
  wanted: (name: string) => boolean,
): AsyncIterable<{ name: string; bytes: Uint8Array }> {
  const entries = extract();
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (error) => entries.destroy(error));
  gunzip.on('error', (error) => entries.destroy(error));
  try {
    for await (const entry of file.pipe(gunzip).pipe(entries)) {
      const { name } = entry.header;
      if (wanted(name)) yield { name, bytes: await buffer(entry) };
      else entry.resume();
    }
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}
