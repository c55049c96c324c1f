import type { Readable } from 'node:stream';
import { joined } from './blob-content.js';

/**
 * All bytes of an answer, in one allocation where their number was announced (null: it was not). Read by iteration: what
 * an event listener throws would end the process.
 * @throws if it breaks off, or has other than the announced bytes
 */
export async function readBody(
  body: Readable,
  announced: number | null,
  onChunk: (chunk: Uint8Array) => void = () => {},
): Promise<Uint8Array> {
  const bytes = new Uint8Array(announced ?? 0);
  const chunks: Uint8Array[] = [];
  let filled = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    onChunk(chunk);
    if (announced === null) chunks.push(chunk);
    else bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (announced === null) return joined(chunks);
  if (filled !== announced) throw new Error(`the answer ended after ${filled} of ${announced} bytes`);
  return bytes;
}
