import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService, tinySpec } from './service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

async function submitted(examples: number): Promise<{ id: string; steps: { jobKeys: [string] }[] }> {
  const answer = await service.api.inject({
    method: 'POST',
    url: '/v1/experiments',
    payload: tinySpec(examples),
  });
  return answer.json();
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

describe('the beginning of an id', () => {
  it('does for the whole one in every path that takes an experiment or a job', async () => {
    const { id, steps } = await submitted(11);
    const key = steps[0]?.jobKeys[0] ?? '';
    await service.api.inject({ method: 'POST', url: `/v1/experiments/${id.slice(0, 6)}/cancel` });
    const { paths } = (await service.api.inject({ method: 'GET', url: '/openapi.json' })).json();
    const walked: string[] = [];
    for (const [path, operations] of Object.entries<object>(paths)) {
      if (!/\{(id|key)\}/.test(path) || !/^\/v1\/(experiments|jobs)\//.test(path)) continue;
      for (const method of Object.keys(operations).map((name) => name.toUpperCase() as Method)) {
        if (method === 'DELETE') continue;
        const url = (named: string, job: string) => path.replace('{id}', named).replace('{key}', job);
        const payload = method === 'PATCH' ? { payload: { priority: 1 } } : {};
        const whole = await service.api.inject({ method, url: url(id, key), ...payload });
        const short = await service.api.inject({
          ...{ method, url: url(id.slice(0, 6), key.slice(0, 6)), ...payload },
        });
        expect(short.statusCode, path).toBe(whole.statusCode);
        expect(short.body, path).not.toMatch(/There is no|ID_AMBIGUOUS/);
        walked.push(path);
        await service.api.inject({ method: 'POST', url: `/v1/experiments/${id}/cancel` });
      }
    }
    expect(walked.length).toBeGreaterThan(10);
    const gone = await service.api.inject({ method: 'DELETE', url: `/v1/experiments/${id.slice(0, 6)}` });
    expect(gone.statusCode).toBe(204);
  });
});

it('a list goes on behind an experiment that was deleted meanwhile', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.unshift((await submitted(20 + i)).id);
  const page = async (cursor?: string) =>
    (
      await service.api.inject({
        method: 'GET',
        url: `/v1/experiments?limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      })
    ).json();
  const first = await page();
  const last = first.items.at(-1).id;
  await service.api.inject({ method: 'POST', url: `/v1/experiments/${last}/cancel` });
  await service.api.inject({ method: 'DELETE', url: `/v1/experiments/${last}` });
  const { items } = await page(first.nextCursor);
  expect(items.map((each: { id: string }) => each.id).slice(0, 2)).toEqual(ids.slice(3));
});
