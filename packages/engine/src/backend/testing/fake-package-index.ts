import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakePackageIndex {
  /** Base of the simple API, as one gives it to pip. */
  indexUrl: string;
  /** How it behaves; tests change it as they go. */
  behaviour: {
    format: 'json' | 'html';
    /** Bytes after which each download is cut off. */
    cutAfterBytes?: number;
    /** Called when a download was cut. */
    onCut?: () => void;
    supportsRange: boolean;
    /** sha256 that the index claims for its file, in place of the true one. */
    claimedSha256?: string;
    /** Whether the index names a sha256 at all. */
    namesDigest: boolean;
    /** `user:password` that every request must bring. */
    credentials?: string;
    status?: number;
  };
  /** The ranges that were requested: the start of each range, 0 for the whole. */
  downloads: number[];
  close(): Promise<void>;
}

/** A package index with one project of one file, over real HTTP on this machine. */
export async function startFakePackageIndex(
  project: string,
  fileName: string,
  content: Buffer,
): Promise<FakePackageIndex> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const behaviour: FakePackageIndex['behaviour'] = { format: 'json', supportsRange: true, namesDigest: true };
  const downloads: number[] = [];

  const sendPage = (response: ServerResponse): void => {
    const claimed = behaviour.claimedSha256 ?? sha256;
    const href = `../../files/${fileName}`;
    if (behaviour.format === 'json') {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      const hashes = behaviour.namesDigest ? { sha256: claimed } : {};
      response.end(
        JSON.stringify({
          files: [
            { filename: 'other-1.whl', url: 'x', hashes },
            { filename: fileName, url: href, hashes },
          ],
        }),
      );
    } else {
      response.setHeader('content-type', 'text/html');
      const fragment = behaviour.namesDigest ? `#sha256=${claimed}` : '';
      response.end(
        `<html><a href="x/other-1.whl">o</a><a class="f" href="${href}${fragment}">${fileName}</a></html>`,
      );
    }
  };

  const sendFile = (request: IncomingMessage, response: ServerResponse): void => {
    const requested = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const start = behaviour.supportsRange && requested ? Number(requested) : 0;
    downloads.push(start);
    if (start >= content.length) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': content.length - start });
    const cut = behaviour.cutAfterBytes;
    if (cut === undefined || cut >= content.length - start) {
      response.end(content.subarray(start));
      return;
    }
    response.write(content.subarray(start, start + cut), () => {
      behaviour.onCut?.();
      response.destroy();
    });
  };

  const server = createServer((request, response) => {
    const expected =
      behaviour.credentials && `Basic ${Buffer.from(behaviour.credentials).toString('base64')}`;
    if (behaviour.status) response.writeHead(behaviour.status).end();
    else if (expected && request.headers.authorization !== expected) response.writeHead(401).end();
    else if (request.url === `/simple/${project}/`) sendPage(response);
    else if (request.url === `/files/${fileName}`) sendFile(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    indexUrl: `http://127.0.0.1:${port}/simple`,
    behaviour,
    downloads,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
