import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, Report } from '@toogit/client';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { processTree } from './process-tree.js';
import { type RunningUp, runToogit, startUp } from './running-up.js';

/** Whole presets take minutes: everybody else runs the studies in miniature (packages/planner/test/studies.test.ts). */
const inCi = process.env.CI !== undefined && process.env.CI !== '';
const minutes = 60_000;

describe.runIf(inCi).sequential('smoke profiles, from POST to report (CI sets CI)', () => {
  let directory: string;
  let up: RunningUp;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'toogit-smoke-'));
    up = await startUp(join(directory, 'state'), ['--device', 'cpu']);
  }, 2 * minutes);
  afterAll(async () => {
    await up.end('SIGTERM');
    for (const { pid } of await processTree(up.pid, directory)) process.kill(pid, 'SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }, 2 * minutes);

  async function reportOf(study: string, context: TestContext): Promise<Report> {
    const spec = join(directory, `${study}.yaml`);
    await writeFile(spec, `study: ${study}\nprofile: smoke\n`);
    const cli = (...args: string[]) => runToogit([...args, '--url', up.url]);
    const submitted = await cli('submit', spec);
    const id = submitted.out.trim();
    const watched = await cli('watch', id, '--json');
    const failure = watched.code === 0 ? undefined : await failureOf(id);
    if (failure?.code === 'DATASET_UNAVAILABLE') context.skip(failure.message);
    expect(watched.code, failure?.message).toBe(0);
    return JSON.parse((await cli('report', id, '--json')).out);
  }

  async function failureOf(id: string): Promise<{ code: string; message: string } | undefined> {
    const answer = await fetch(`${up.url}/v1/experiments/${id}/jobs?limit=200`);
    const { items } = (await answer.json()) as { items: Job[] };
    return items.find((job) => job.error !== null)?.error ?? undefined;
  }

  const figureOf = <K extends string>(report: Report, kind: K) =>
    report.figures.find((figure): figure is Extract<typeof figure, { kind: K }> => figure.kind === kind);

  it('gaussian: closed forms and optimisation agree to 1e-3', async (context) => {
    const rows = figureOf(await reportOf('gaussian', context), 'theory')?.rows ?? [];
    const checks = rows.flatMap((row) => row.dimensions.flatMap((one) => one.closedFormChecks));
    expect(checks.length).toBeGreaterThan(0);
    for (const { maxRelativeDifference } of checks) expect(maxRelativeDifference).toBeLessThan(1e-3);
  });

  it('feature-usefulness: more of the standard model’s useful features are not robust', {
    timeout: 30 * minutes,
  }, async (context) => {
    const rows = figureOf(await reportOf('feature-usefulness', context), 'feature-usefulness')?.rows ?? [];
    const share = (model: string) => rows.find((row) => row.model === model)?.usefulNotRobust.value;
    expect(share('standard')).toBeGreaterThan(share('robust') ?? 1);
  });

  it('patterns: one perturbation for all images more than doubles those taken for its class', {
    timeout: 30 * minutes,
  }, async (context) => {
    const [row] = figureOf(await reportOf('patterns', context), 'patterns')?.rows ?? [];
    const rates = row?.universalSuccess.map((rate) => rate?.value ?? 0) ?? [];
    expect(rates).toHaveLength(10);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    // Unperturbed, a fifth of the images is taken for another class: one in 45 for any given one.
    expect(mean).toBeGreaterThan(2 / 45);
  });
});
