import type { MemoryBlobStore } from '@toogit/artifacts';
import { waitFor } from '@toogit/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, succeed, type TestService, tinySpec } from './service.js';

let service: TestService;
let address: string;

beforeAll(async () => {
  service = await startTestService();
  address = await service.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.stop());

const damages: [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['cut short', (bytes) => bytes.subarray(0, 3)],
  ['emptied', () => new Uint8Array(0)],
  ['changed at its end', (bytes) => bytes.with(bytes.length - 1, 0)],
];
const blobs = ['part', 'manifest'] as const;
const cases = damages.flatMap(([how, damage]) => blobs.map((which) => ({ how, damage, which })));

it.each(cases.map((one, i) => ({ ...one, examples: i + 1 })))(
  'a $which that was $how is not sent, and its job runs again',
  async ({ damage, which, examples }) => {
    const submitted = await service.api.inject({
      ...{ method: 'POST', url: '/v1/experiments', payload: tinySpec(examples) },
    });
    const key = submitted.json().steps[0].jobKeys[0];
    const text = `${examples} `.repeat(100_000);
    const digest = await succeed(service, key, { meta: { examples }, parts: { a: ['text/plain', text] } });
    const { parts, manifestUrl } = (await service.api.inject({ url: `/v1/artifacts/${digest}` })).json();
    const [blob, url] = which === 'part' ? [parts[0].sha256, parts[0].url] : [digest, manifestUrl];
    const store = service.blobs as MemoryBlobStore;
    store.blobs.set(blob, damage(store.blobs.get(blob) as Uint8Array));

    await expect(download(url)).rejects.toThrow(/ARTIFACT_CORRUPT|terminated|other side closed/);
    await waitFor(async () => (await service.runs.getJob(key)).state === 'ready');
    expect(store.quarantined.has(blob)).toBe(true);

    await succeed(service, key, { meta: { examples }, parts: { a: ['text/plain', text] } });
    expect(await download(parts[0].url)).toBe(text);
  },
);

/** @throws what a client notices: an error's code, or an answer that breaks off */
async function download(url: string): Promise<string> {
  const response = await fetch(new URL(url, address));
  const body = await response.text();
  if (response.status !== 200) throw new Error(JSON.parse(body).error.code);
  return body;
}
