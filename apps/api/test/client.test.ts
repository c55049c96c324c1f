import { createHash } from 'node:crypto';
import { createClient } from '@toogit/client';
import { ToogitError } from '@toogit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, succeed, type TestService, tinySpec } from './service.js';

let service: TestService;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  service = await startTestService();
  client = createClient(`${await service.api.listen({ host: '127.0.0.1', port: 0 })}/`);
});
afterAll(() => service.stop());

describe('the client', () => {
  it('takes an experiment from its spec to its bytes', async () => {
    const yaml =
      'name: by hand\nsteps:\n  images: { kind: dataset, dataset: mnist, split: test, examples: 7 }\n';
    expect(await client.planExperiment(yaml)).toMatchObject({ jobs: 1, cached: 0 });
    const experiment = await client.submitExperiment(yaml, { idempotencyKey: 'one' });
    expect(await client.submitExperiment(yaml, { idempotencyKey: 'one' })).toEqual(experiment);
    const { id } = experiment;
    expect(await client.getExperiment(id)).toEqual(experiment);
    expect((await client.listExperiments({ limit: 1, state: 'running' })).items[0]?.id).toBe(id);

    const [job] = await client.listJobs(id);
    const digest = await succeed(service, job?.key ?? '', {
      meta: { n: 7 },
      parts: { columns: ['text/csv', 'a,b'] },
    });
    expect(await client.getJob(job?.key ?? '')).toMatchObject({ state: 'succeeded', artifactDigest: digest });
    expect(await client.listMetrics(id, { name: 'loss' })).toMatchObject([{ value: 0.5 }]);
    expect(await client.listArtifacts(id)).toMatchObject([{ digest }]);
    const { parts } = await client.getArtifact(digest);
    const download = new Response(await client.download(parts[0]?.url ?? ''));
    const bytes = new Uint8Array(await download.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(parts[0]?.sha256);
  });

  it('cancels and retries', async () => {
    const { id } = await client.submitExperiment(tinySpec(1));
    expect((await client.cancelExperiment(id)).state).toBe('cancelled');
    expect((await client.retryExperiment(id)).state).toBe('running');
    expect((await client.getReadiness()).status).toBe('ready');
  });

  it("rejects with the service's own coded error and its details", async () => {
    const spec = { ...tinySpec(1), stepz: {} };
    const error = await client.submitExperiment(spec).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToogitError);
    expect(error).toMatchObject({ code: 'SPEC_INVALID', details: [{ path: 'stepz' }] });
    await expect(client.getReport('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.download(`/v1/blobs/${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
