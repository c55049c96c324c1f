import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openBlobStore, sha256 } from '@toogit/artifacts';
import { describe, expect, it } from 'vitest';

const content = Buffer.from('the bytes of a blob');
const digest = sha256(content);
const silentMs = 300;

/** A store behind which something is wrong: `answer` has the last word. */
async function storeThat(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const store = await openBlobStore({
    ...{ driver: 's3', bucket: 'bucket', region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` },
    ...{ accessKeyId: 'key', secretAccessKey: 'secret', pathStyle: true, caFile: null, silentMs },
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { store, close };
}

const unavailable = { code: 'STORAGE_UNAVAILABLE' };

describe('an S3 that answers without Content-Length', () => {
  it('is read to the end of its body', async () => {
    const { store, close } = await storeThat((_, response) => {
      response.write(content.subarray(0, 5));
      response.end(content.subarray(5));
    });
    expect(Buffer.from(await store.get(digest)).toString()).toBe(content.toString());
    await close();
  });

  it('tells no size', async () => {
    const { store, close } = await storeThat((_, response) => response.end());
    await expect(store.size(digest)).rejects.toMatchObject(unavailable);
    await close();
  });
});

describe('an S3 that falls silent', () => {
  it('is given up in the midst of a body', async () => {
    const { store, close } = await storeThat((_, response) => {
      response.setHeader('content-length', content.length);
      response.write(content.subarray(0, 5));
    });
    await expect(store.get(digest)).rejects.toMatchObject(unavailable);
    await close();
  });

  it('is given up before its answer, by reads, writes and checks alike', async () => {
    const { store, close } = await storeThat(() => {});
    const large = new Uint8Array(1_000_000);
    for (const use of [
      () => store.get(digest),
      () => store.size(digest),
      () => store.check(),
      () => store.put(digest, content),
      () => store.put(sha256(large), large),
    ])
      await expect(use()).rejects.toMatchObject(unavailable);
    await close();
  }, 60_000);
});
