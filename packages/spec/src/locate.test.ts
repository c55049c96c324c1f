import type { ToogitError } from '@toogit/core';
import { describe, expect, it } from 'vitest';
import { withLines } from './locate.js';
import { parseSpec } from './parse.js';
import { resolveSpec } from './resolve.js';

function refusalOf(text: string): ToogitError {
  try {
    resolveSpec(parseSpec(text));
  } catch (error) {
    return withLines(error, text) as ToogitError;
  }
  throw new Error('the spec was accepted');
}

const lines = (text: string) =>
  Object.fromEntries(refusalOf(text).details?.map(({ path, line }) => [path, line]) ?? []);

describe('withLines', () => {
  it('names the line of each key, of the step that lacks one, and of an item of a list', () => {
    const text = [
      'name: x',
      'steps:',
      '  data: { kind: dataset, dataset: mnist, split: train }',
      '  model:',
      '    kind: train',
      '    dataset: data',
      '    lr: 0.1',
      '  summary:',
      '    kind: report',
      '    figures:',
      '      - kind: accuracy',
      '        rows: []',
      '      - kind: acuracy',
    ].join('\n');
    expect(lines(text)).toMatchObject({
      'steps.model.lr': 7,
      'steps.model.architecture': 4,
      'steps.summary.figures.0.rows': 12,
      'steps.summary.figures.1.kind': 13,
    });
    expect(refusalOf(text).message).toMatch(/^line \d+, /);
  });

  it('finds keys with dots, in JSON too', () => {
    const spec = { study: 'simple-experiment', profile: 'smoke', matrix: { seed: [0], 'd_det.epoch': [1] } };
    expect(lines(JSON.stringify(spec, null, 1))).toEqual({ 'matrix.d_det.epoch': 8 });
  });

  it('leaves other errors as they are', () => {
    const error = new Error('x');
    expect(withLines(error, 'name: x')).toBe(error);
  });
});
