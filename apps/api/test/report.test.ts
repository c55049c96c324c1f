import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, succeed, type TestService } from './service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const get = (url: string) => service.api.inject({ url });

function reportSpec(seeds: number[]) {
  return {
    name: 'reported',
    steps: {
      images: { kind: 'dataset', dataset: 'mnist', split: 'train', examples: 200 },
      model: { kind: 'train', dataset: 'images', architecture: 'cnn', epochs: 1 },
      attack: {
        ...{ kind: 'attack', sourceModel: 'model', dataset: 'images', targets: 'none' },
        ...{ norm: 'l2', epsilon: 0.5, blockSize: 100 },
      },
      evaluation: { kind: 'evaluate', model: 'model', dataset: 'images', attack: 'attack' },
      report: {
        kind: 'report',
        figures: [
          {
            kind: 'accuracy',
            rows: [{ trainedOn: 'D', evaluatedOn: 'test', evaluations: ['evaluation'] }],
          },
        ],
      },
    },
    ...(seeds.length > 1 ? { matrix: { seed: seeds } } : { seed: seeds[0] }),
  };
}

const facts = {
  study: 'reported',
  profile: null,
  specDigest: '0'.repeat(64),
  figures: [{ kind: 'patterns', title: 'none yet', rows: [] }],
  sources: ['digest'],
};

async function submit(seeds: number[]) {
  const answer = await service.api.inject({
    method: 'POST',
    url: '/v1/experiments',
    payload: reportSpec(seeds),
  });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

describe('the report', () => {
  it('is refused until its job is done, then carries the experiment and its artifacts', async () => {
    const { id } = await submit([3]);
    const early = await get(`/v1/experiments/${id}/report`);
    expect(early.statusCode).toBe(409);
    expect(early.json().error.message).toContain('blocked');

    const digests: Record<string, string> = {};
    let block = 0;
    for (const { key, step, kind } of (await service.runs.listJobs(id, { limit: 200 })).items) {
      const page = '<!doctype html><title>report</title>';
      digests[kind === 'attack' ? `attack/${block++}` : (step ?? '')] = await succeed(service, key, {
        meta: kind === 'report' ? facts : { step },
        parts:
          kind === 'report'
            ? { 'report.json': ['application/json', '{}'], 'report.html': ['text/html', page] }
            : {},
      });
    }
    const report = await get(`/v1/experiments/${id}/report`);
    expect(report.json()).toEqual({
      ...facts,
      experimentId: id,
      artifacts: digests,
    });
    const page = await get(`/v1/experiments/${id}/report?format=html`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toBe('<!doctype html><title>report</title>');
  });

  it('is one over all points of a matrix, unless the spec asks for several', async () => {
    const { id } = await submit([1, 2]);
    expect((await get(`/v1/experiments/${id}/report`)).json().error.code).toBe('CONFLICT');

    const spec = reportSpec([1]);
    const { id: twice } = (
      await service.api.inject({
        method: 'POST',
        url: '/v1/experiments',
        payload: {
          ...spec,
          steps: {
            ...spec.steps,
            again: { ...spec.steps.report, figures: [{ ...spec.steps.report.figures[0], title: 'again' }] },
          },
        },
      })
    ).json();
    const answer = await get(`/v1/experiments/${twice}/report`);
    expect(answer.statusCode).toBe(400);
    const steps = answer.json().error.details.map(({ suggestion }: { suggestion: string }) => suggestion);
    expect(steps.toSorted()).toEqual(['again', 'report']);
    const chosen = await get(`/v1/experiments/${twice}/report?step=again`);
    expect(chosen.json().error).toMatchObject({ code: 'CONFLICT' });
  });

  it('of an earlier version is refused, with what to do', async () => {
    const { id } = await submit([4]);
    for (const { key, kind, state } of (await service.runs.listJobs(id, { limit: 200 })).items) {
      // The data set is that of the experiments before.
      if (state !== 'succeeded') await succeed(service, key, { meta: { old: kind }, parts: {} });
    }
    const answer = await get(`/v1/experiments/${id}/report`);
    expect(answer.json().error).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('submit its spec again'),
    });
  });

  it('is not found where the spec has none', async () => {
    const { report: _, ...steps } = reportSpec([9]).steps;
    const payload = { name: 'silent', seed: 9, steps };
    const { id } = (await service.api.inject({ method: 'POST', url: '/v1/experiments', payload })).json();
    expect((await get(`/v1/experiments/${id}/report`)).json().error.code).toBe('NOT_FOUND');
  });
});
