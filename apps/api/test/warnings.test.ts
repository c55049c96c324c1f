import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, succeed, type TestService } from './service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const attack = {
  ...{ norm: 'linf', epsilon: 0.5, stepSize: 0.001, steps: 1, targets: 'none' },
  ...{ randomStart: false, restarts: 1, gradientSamples: 1, precision: 'float32' },
};
const spec = {
  name: 'warned of',
  steps: {
    images: { kind: 'dataset', dataset: 'mnist', split: 'test', examples: 200 },
    model: { kind: 'train', dataset: 'images', architecture: 'cnn', epochs: 1 },
    attack: { kind: 'attack', sourceModel: 'model', dataset: 'images', ...attack },
  },
};
const outOfReach = { code: 'EPSILON_OUT_OF_REACH', path: 'steps.attack.stepSize', next: expect.any(String) };

const post = (url: string) => service.api.inject({ method: 'POST', url, payload: spec });
const get = async (url: string) => (await service.api.inject({ url })).json();

it('a plan, an experiment and a job come with warnings; nothing is refused', async () => {
  const plan = await post('/v1/plans');
  expect(plan.statusCode).toBe(200);
  expect(plan.json().warnings).toMatchObject([outOfReach]);

  const submitted = await post('/v1/experiments');
  expect(submitted.statusCode).toBe(201);
  const { id, warnings } = submitted.json();
  expect(warnings).toMatchObject([outOfReach]);
  expect((await get(`/v1/experiments/${id}`)).warnings).toEqual(warnings);

  const jobs: { key: string; kind: string; warnings: object[] }[] = (await get(`/v1/experiments/${id}/jobs`))
    .items;
  for (const { kind, warnings } of jobs) expect(warnings).toHaveLength(kind === 'attack' ? 1 : 0);
  const effect = { meanNorm: 0.001, maxNorm: 0.001, zeroGradients: 7, nonFiniteGradients: 0 };
  for (const { key, kind } of jobs) {
    const block = { start: 0, count: 200 };
    const meta = kind === 'attack' ? { attack, sourceModel: 'k', block, attackSuccess: null, ...effect } : {};
    await succeed(service, key, { meta, parts: {} });
  }
  const { key } = jobs.find(({ kind }) => kind === 'attack') ?? expect.unreachable();
  expect((await get(`/v1/jobs/${key}`)).warnings).toMatchObject([
    { code: 'EPSILON_OUT_OF_REACH', path: 'params.stepSize' },
    { code: 'GRADIENTS_ZERO', path: 'result.zeroGradients' },
  ]);
});
