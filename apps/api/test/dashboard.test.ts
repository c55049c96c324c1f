import type { JobResult } from '@toogit/catalogue';
import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, succeed, type TestService } from './service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const get = (url: string, headers = {}) => service.api.inject({ url: `/v1/dashboard${url}`, headers });

const formula = '=cmd()<script>';

function spec(seeds: number[], trainedOn = 'D', epochs = 1) {
  return {
    name: 'measured',
    steps: {
      images: { kind: 'dataset', dataset: 'mnist', split: 'train', examples: 200 },
      model: { kind: 'train', dataset: 'images', architecture: 'cnn', epochs },
      attack: {
        ...{ kind: 'attack', sourceModel: 'model', dataset: 'images', targets: 'none' },
        ...{ norm: 'l2', epsilon: 0.5, blockSize: 200 },
      },
      evaluation: { kind: 'evaluate', model: 'model', dataset: 'images', attack: 'attack' },
      report: {
        kind: 'report',
        figures: [{ kind: 'accuracy', title: null, rows: [{ trainedOn, evaluations: ['evaluation'] }] }],
      },
    },
    matrix: { seed: seeds },
  };
}

const accuracy = (correct: number, n: number) => ({
  ...{ n, correct, accuracy: correct / n },
  ci95: [Math.max(0, correct / n - 0.1), Math.min(1, correct / n + 0.1)] as [number, number],
});

function evaluation(correct: number): JobResult<'evaluate'> {
  return {
    ...{ trainedOn: 'mnist', evaluatedOn: 'mnist', split: 'test', clean: accuracy(correct, 200) },
    perClassAccuracy: new Array(10).fill(accuracy(Math.round(correct / 10), 20)),
    adversarial: {
      attack: {
        ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 10, targets: 'none', randomStart: false },
        ...{ restarts: 1, gradientSamples: 1, precision: 'float32' },
      },
      ...{ sourceModel: 'model', whiteBox: true, clean: accuracy(correct, 200), robust: accuracy(20, 200) },
      attackSuccess: { n: 200, count: 180, value: 0.9, ci95: [0.85, 0.95] },
      ...{ meanNorm: 0.5, maxNorm: 0.5, zeroGradients: 0, nonFiniteGradients: 0 },
    },
  };
}

async function submit(payload: object): Promise<string> {
  const answer = await service.api.inject({ method: 'POST', url: '/v1/experiments', payload });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
}

/** Plays the workers up to the evaluations of these seeds, each `100 + seed` of 200 right. */
async function evaluate(id: string, seeds: number[]): Promise<void> {
  for (const { key, kind, step, state } of (await service.runs.listJobs(id, { limit: 200 })).items) {
    const seed = Number(/^seed=(\d+)/.exec(step ?? '')?.[1]);
    if (state === 'succeeded' || kind === 'report' || (kind === 'evaluate' && !seeds.includes(seed)))
      continue;
    await succeed(service, key, { meta: kind === 'evaluate' ? evaluation(100 + seed) : {}, parts: {} });
  }
}

function expectXml(text: string): void {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
}

describe('the dashboard', () => {
  it('is empty before there is anything: no rows, and a drawing that says so', async () => {
    expect((await get('/accuracy')).json()).toMatchObject({ kind: 'accuracy', figures: [] });
    const drawing = await get('/accuracy.svg');
    expect(drawing.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(drawing.body).toContain('Nothing yet');
    expectXml(drawing.body);
    const table = await get('/accuracy.csv');
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(parse(table.body, { columns: true })).toEqual([]);
    expect((await get('/summary')).json()).toMatchObject({ studies: [], experiments: { running: 0 } });
    expectXml((await get('/summary.svg')).body);
  });

  it('shows a running experiment as far as it has got', async () => {
    const id = await submit(spec([0, 1, 2]));
    const of = async () => (await get(`/accuracy?experiment=${id}`)).json().figures;
    expect(await of()).toEqual([]);

    await evaluate(id, [0]);
    const [early] = await of();
    expect(early).toMatchObject({ experimentId: id, name: 'measured', state: 'running', rowsPlanned: 3 });
    expect(early.rows).toHaveLength(1);
    expect(early.means[0].clean).toMatchObject({ mean: 0.5, n: 200, interval: 'wilson-over-examples' });

    await evaluate(id, [0, 1, 2]);
    const [figure] = await of();
    expect(figure.rows.map((row: { seed: number }) => row.seed)).toEqual([0, 1, 2]);
    expect(figure.rows.every((row: { experimentId: string }) => row.experimentId === id)).toBe(true);
    // Student's t with two degrees of freedom, standard deviation 0.005.
    const half = (4.30265 * 0.005) / Math.sqrt(3);
    const { clean, robust } = figure.means[0];
    expect(clean).toMatchObject({ seeds: [0, 1, 2], interval: 'student-t-over-seeds' });
    expect(clean.mean).toBeCloseTo(0.505, 12);
    expect(clean.ci95[0]).toBeCloseTo(0.505 - half, 6);
    expect(clean.ci95[1]).toBeCloseTo(0.505 + half, 6);
    expect(robust[0].robust.mean).toBeCloseTo(0.1, 12);
  });

  it('filters by experiment, study, architecture, epsilon and seed', async () => {
    const id = await submit(spec([5, 6], 'D', 2));
    await evaluate(id, [5, 6]);
    const figures = async (query: string) => (await get(`/accuracy?${query}`)).json().figures;
    expect(await figures('study=simple-experiment')).toEqual([]);
    expect(await figures(`experiment=${id}&architecture=resnet9`)).toEqual([]);
    expect(await figures(`experiment=${id}&architecture=cnn&architecture=resnet9`)).toHaveLength(1);
    expect(await figures('experiment=none')).toEqual([]);
    expect((await figures('limit=1')).map((figure: { experimentId: string }) => figure.experimentId)).toEqual(
      [id],
    );
    const [one] = await figures(`experiment=${id}&seed=6&epsilon=0.25`);
    expect(one.rows).toHaveLength(1);
    expect(one.rows[0]).toMatchObject({ seed: 6, robust: [] });
    for (const epsilon of ['0.5', '0.500', '127.5/255', '5e-1']) {
      expect((await figures(`experiment=${id}&epsilon=${epsilon}`))[0].rows[0].robust, epsilon).toHaveLength(
        1,
      );
    }
  });

  it('says the same as CSV and as a drawing, whatever people named', async () => {
    const id = await submit(spec([8], formula));
    await evaluate(id, [8]);
    const [figure] = (await get(`/accuracy?experiment=${id}`)).json().figures;
    const csv = (await get(`/accuracy.csv?experiment=${id}`)).body;
    const records: Record<string, string>[] = parse(csv, { columns: true });
    expect(
      records.map(({ what, measure, accuracy, n }) => [what, measure, Number(accuracy), Number(n)]),
    ).toEqual([
      ['measurement', 'clean', figure.rows[0].clean.accuracy, 200],
      ['measurement', 'robust', 0.1, 200],
    ]);
    expect(new Set(records.map(({ trainedOn }) => trainedOn))).toEqual(new Set([`'${formula}`]));

    const drawing = await get(`/accuracy.svg?experiment=${id}&theme=dark`);
    expectXml(drawing.body);
    expect(drawing.body).toContain('=cmd()&lt;script&gt;');
    expect(drawing.body).not.toMatch(/<script|var\(--/);
    expect(drawing.body).toContain('54.0 %');
    expect(drawing.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('answers 304 to who has it already', async () => {
    for (const url of ['/accuracy', '/accuracy.svg', '/accuracy.csv', '/summary']) {
      const first = await get(url);
      expect(first.headers['cache-control']).toBe('no-cache');
      const again = await get(url, { 'if-none-match': String(first.headers.etag) });
      expect(again.statusCode).toBe(304);
      expect(again.body).toBe('');
    }
  });

  it('refuses keys and values it does not know', async () => {
    for (const url of [
      ...[
        '/accuracy?experiments=x',
        '/accuracy?epsilon=far',
        '/accuracy?epsilon=8/0',
        '/accuracy?epsilon=1e-400',
        '/accuracy?seed=-1',
        '/accuracy?limit=0',
      ],
      ...['/accuracy?theme=dark', '/transfer.svg?theme=pink', '/summary?study=x'],
    ]) {
      const answer = await get(url);
      expect(answer.statusCode, url).toBe(400);
      expect(answer.json().error.code).toBe('REQUEST_INVALID');
    }
  });

  it.each(['transfer', 'transfer-matrix', 'feature-usefulness', 'sensitivity', 'theory', 'patterns'])(
    'has %s, too',
    async (kind) => {
      const answer = await get(`/${kind}`);
      expect(answer.json()).toMatchObject({ kind, figures: [] });
      expect(Object.keys(answer.json().units).length).toBeGreaterThan(0);
      expectXml((await get(`/${kind}.svg`)).body);
      expect((await get(`/${kind}.csv`)).statusCode).toBe(200);
    },
  );
});

describe('the summary', () => {
  it('counts experiments and jobs, and says the newest numbers of each study', async () => {
    const preset = {
      study: 'simple-experiment',
      profile: 'smoke',
      overrides: { trainExamples: 1_000, attackExamples: 1_000 },
    };
    const id = await submit(preset);
    const early = (await get('/summary')).json();
    const study = (summary: typeof early) =>
      summary.studies.find((each: { study: string }) => each.study === 'simple-experiment');
    expect(study(early)).toMatchObject({ experiments: { running: 1 }, newest: null });

    for (const { key, kind, state, step } of (await service.runs.listJobs(id, { limit: 200 })).items) {
      if (state !== 'succeeded' && kind !== 'report') {
        const found = step === 'evaluate-d_det' ? evaluation(60) : evaluation(80);
        await succeed(service, key, { meta: kind === 'evaluate' ? found : {}, parts: {} });
      }
    }
    const summary = (await get('/summary')).json();
    const newest = study(summary).newest;
    expect(newest).toMatchObject({ experimentId: id, profile: 'smoke' });
    expect(newest.headlines).toContainEqual(
      expect.objectContaining({ name: 'clean accuracy, D_det', value: 0.3, unit: 'fraction', n: 200 }),
    );
    expect(summary.jobs.succeeded).toBeGreaterThan(5);
    const table: Record<string, string>[] = parse((await get('/summary.csv')).body, { columns: true });
    expect(table.find(({ name }) => name === 'clean accuracy, D_det')).toMatchObject({ value: '0.3' });
    const drawing = (await get('/summary.svg')).body;
    expectXml(drawing);
    expect(drawing).toContain('clean accuracy, D_det: 30.0 %');
  });
});
