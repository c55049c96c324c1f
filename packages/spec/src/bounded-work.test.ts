import * as levenshtein from 'fastest-levenshtein';
import { describe, expect, it, vi } from 'vitest';
import { parseSpec } from './parse.js';
import { resolveSpec } from './resolve.js';

vi.mock('fastest-levenshtein', async (original) => {
  const real = await original<typeof levenshtein>();
  return { ...real, distance: vi.fn(real.distance) };
});

const theory = { kind: 'theory', dimensions: [2], epsilons: [1] };
const theories = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`step${i}`, theory]));
const report = (rows: object[]) => ({ kind: 'report', figures: [{ kind: 'theory', rows }] });
const points = (count: number) => ({ seed: Array.from({ length: count }, (_, i) => i) });

function refused(spec: unknown): { code: string; message: string; details?: unknown[] } {
  try {
    resolveSpec(spec);
  } catch (error) {
    return error as ReturnType<typeof refused>;
  }
  throw new Error('the spec was accepted');
}

describe('work on a bad spec is bounded', () => {
  it('names are compared for the problems that are listed only', () => {
    const distance = vi.mocked(levenshtein.distance);
    distance.mockClear();
    const rows = Array.from({ length: 3_000 }, (_, i) => ({ theory: `stap${i}` }));
    const error = refused({ name: 'x', steps: { ...theories(300), report: report(rows) } });
    expect(error).toMatchObject({ code: 'SPEC_INVALID', message: expect.stringContaining('and 2999 more') });
    expect(error.details).toHaveLength(200);
    expect(error.details?.[0]).toMatchObject({ suggestion: 'did you mean step0?' });
    expect(distance.mock.calls.length).toBeLessThanOrEqual(200 * 300);
  });

  it('points beyond the problems that are listed are not checked', () => {
    const rows = Array.from({ length: 250 }, () => ({ theory: `\${seed}` }));
    const error = refused({ name: 'x', steps: { report: report(rows) }, matrix: points(50) });
    expect(error.message).toContain('and 249 more');
  });

  it('values count over all points', () => {
    const rows = Array.from({ length: 5_000 }, () => ({ theory: 'a' }));
    const steps = { a: theory, report: report(rows) };
    expect(refused({ name: 'x', steps, matrix: points(200) })).toMatchObject({
      code: 'SPEC_TOO_LARGE',
      message: 'more than 1000000 values over all points',
    });
    expect(resolveSpec({ name: 'x', steps }).points).toHaveLength(1);
  });

  it('values that aliases repeat count each time', () => {
    const list = `[${Array.from({ length: 20_000 }, () => 1).join(',')}]`;
    const aliases = Array.from({ length: 60 }, () => '*a').join(', ');
    const text = `name: x\nsteps: { a: { kind: theory, dimensions: &a ${list}, epsilons: [${aliases}] } }`;
    expect(refused(parseSpec(text))).toMatchObject({ code: 'SPEC_TOO_LARGE' });
  });

  it('a matrix has at most a hundred keys', () => {
    const matrix = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, [1]]));
    expect(refused({ study: 'gaussian', profile: 'smoke', matrix })).toMatchObject({
      code: 'SPEC_INVALID',
      message: 'matrix: a matrix has at most 100 keys',
    });
  });

  it('a text has at most 200 aliases', () => {
    const text = Array.from({ length: 201 }, (_, i) => `- &a${i} 1\n- *a${i}\n`).join('');
    expect(() => parseSpec(text)).toThrow(
      expect.objectContaining({ code: 'SPEC_SYNTAX', message: 'more than 200 aliases' }),
    );
  });

  it('a long cycle is shown by its ends', () => {
    const steps = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [
        `step${i}`,
        { kind: 'synthesize', construction: 'mislabelled', examples: `step${(i + 1) % 1_000}` },
      ]),
    );
    const { details } = refused({ name: 'x', steps });
    for (const detail of details as { message: string }[]) expect(detail.message.length).toBeLessThan(300);
  });
});
