import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PublishedFile } from '../src/dataset-definition.js';
import { obtainFile } from '../src/published-file.js';
import { serve } from './local-server.js';

const root = await mkdtemp(join(tmpdir(), 'toogit-files-'));
afterAll(() => rm(root, { recursive: true }));
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(root, 'cache-'));
});

const content = Buffer.alloc(300_000, 'published');

function published(origin: PublishedFile['origin'], bytes: Buffer = content): PublishedFile {
  const value = createHash('sha256').update(bytes).digest('hex');
  return {
    fileName: 'file.gz',
    bytes: bytes.length,
    checksum: { algorithm: 'sha256', encoding: 'hex', value },
    origin,
  };
}

describe('published file', () => {
  it('is downloaded once, also when two want it at once, and counted', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests++;
      response.end(content);
    });
    const seen: number[] = [];
    const onBytes = (bytes: number) => seen.push(bytes);
    const file = published({ url });
    const both = await Promise.all([
      obtainFile(file, directory, { onBytes }),
      obtainFile(file, directory, { onBytes }),
    ]);
    expect(content.equals(await readFile(await obtainFile(file, directory)))).toBe(true);
    expect(new Set(both).size).toBe(1);
    expect(requests).toBe(1);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(await readdir(directory)).toEqual(['file.gz']);
  });

  it('is downloaded again when what lies in the cache is damaged', async () => {
    const url = await serve((_request, response) => response.end(content));
    await writeFile(join(directory, 'file.gz'), Buffer.from(content).fill(0, 5, 6));
    expect(content.equals(await readFile(await obtainFile(published({ url }), directory)))).toBe(true);
  });

  it.each([
    ['another content', 'DATASET_DIGEST_MISMATCH', Buffer.alloc(300_000, 'tampered'), 200],
    ['an error', 'DATASET_UNAVAILABLE', content, 503],
  ])('leaves nothing behind when the server gives %s', async (_, code, body, status) => {
    const url = await serve((_request, response) => response.writeHead(status).end(body));
    await expect(obtainFile(published({ url }), directory)).rejects.toMatchObject({ code });
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves nothing behind when the connection breaks, and says so', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 100_000), () => response.destroy());
    });
    await expect(obtainFile(published({ url }), directory)).rejects.toMatchObject({
      code: 'DATASET_UNAVAILABLE',
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('goes on where the connection broke', async () => {
    const ranges: unknown[] = [];
    const url = await serve(({ headers }, response) => {
      ranges.push(headers.range);
      const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      const etag = '"published"';
      if (start > 0) {
        const range = `bytes ${start}-${content.length - 1}/${content.length}`;
        response.writeHead(206, { etag, 'content-range': range }).end(content.subarray(start));
      } else {
        response.writeHead(200, { etag, 'content-length': content.length });
        response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
      }
    });
    expect(content.equals(await readFile(await obtainFile(published({ url }), directory)))).toBe(true);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-299999$/)]);
  });

  it('comes from a server that was busy at first', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests++;
      if (requests === 1) response.writeHead(503).end('busy');
      else response.end(content);
    });
    expect(content.equals(await readFile(await obtainFile(published({ url }), directory)))).toBe(true);
    expect(requests).toBe(2);
  });

  it('gives up on a server that does not answer', async () => {
    const url = await serve(() => {});
    const started = performance.now();
    await expect(obtainFile(published({ url }), directory)).rejects.toThrow(/no answer within 5 s/);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('stops when aborted, with the reason given', async () => {
    const stop = new AbortController();
    const url = await serve((_request, response) => {
      response.write(content.subarray(0, 100_000));
    });
    const reason = new Error('enough');
    const options = { signal: stop.signal, onBytes: () => stop.abort(reason) };
    await expect(obtainFile(published({ url }), directory, options)).rejects.toBe(reason);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says where it could not be had', async () => {
    await writeFile(join(directory, 'a-file'), '');
    const url = 'http://127.0.0.1:9/file.gz';
    await expect(obtainFile(published({ url }), directory)).rejects.toThrow(url);
    await expect(obtainFile(published({ url }), join(directory, 'a-file', 'x'))).rejects.toMatchObject({
      code: 'DATASET_UNAVAILABLE',
    });
  });
});

describe('npm package', () => {
  const npmPackage = { name: 'toy-data', version: '1.0.0' };
  const tarballPath = '/toy-data/-/toy-data-1.0.0.tgz';

  /** A tarball that npm itself packed. */
  async function tarball(): Promise<Buffer> {
    const source = join(directory, 'source');
    await mkdir(source);
    await writeFile(join(source, 'package.json'), JSON.stringify(npmPackage));
    const { execFileSync } = await import('node:child_process');
    execFileSync('npm', ['pack', '--silent'], { cwd: source, stdio: 'ignore' });
    return readFile(join(source, 'toy-data-1.0.0.tgz'));
  }

  function configureNpm(settings: Record<string, string>): void {
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(`npm_config_${name}`, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
  }

  it("comes from the user's registry", async () => {
    const bytes = await tarball();
    const registry = await serve((request, response) =>
      request.url === tarballPath ? response.end(bytes) : response.writeHead(404).end(),
    );
    configureNpm({ registry });
    const path = await obtainFile(published({ npmPackage }, bytes), join(directory, 'cache'));
    expect(await readFile(path)).toEqual(bytes);
  });

  it('comes by npm itself from a registry that requires a login', async () => {
    const bytes = await tarball();
    const registry = await serve((request, response) => {
      if (request.headers.authorization !== 'Bearer secret') response.writeHead(401).end();
      else if (request.url === tarballPath) response.end(bytes);
      else if (request.url === '/toy-data') response.end(JSON.stringify(packument(registry, bytes)));
      else response.writeHead(404).end();
    });
    const userconfig = join(directory, 'npmrc');
    const host = registry.replace('http:', '');
    await writeFile(userconfig, `registry=${registry}/\n${host}/:_authToken=secret\n`);
    configureNpm({ userconfig, registry, cache: join(directory, 'npm-cache') });
    const cache = join(directory, 'cache');
    const path = await obtainFile(published({ npmPackage }, bytes), cache);
    expect(await readFile(path)).toEqual(bytes);
    expect(await readdir(cache)).toEqual(['file.gz']);
  });

  function packument(registry: string, bytes: Buffer) {
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const dist = { tarball: `${registry}${tarballPath}`, integrity };
    return {
      name: 'toy-data',
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { ...npmPackage, dist } },
    };
  }

  it('is unavailable when no registry answers', async () => {
    configureNpm({ registry: 'http://127.0.0.1:9', cache: join(directory, 'npm-cache') });
    await expect(obtainFile(published({ npmPackage }), directory)).rejects.toMatchObject({
      code: 'DATASET_UNAVAILABLE',
      message: expect.stringContaining('toy-data@1.0.0'),
    });
  });
});
