import { describe, expect, it } from 'vitest';
import { resolveSpec } from './resolve.js';
import { attack, dataset, graph, preset, problemsOf } from './spec-fixture.js';

describe('a matrix', () => {
  it('gives every combination, the seed first, whatever the order of its keys', () => {
    const points = (matrix: unknown) => resolveSpec(preset({ matrix })).points;
    const swept = points({ epsilon: [0.25, '128/255'], seed: [0, 1], 'd_det.epochs': [3] });
    expect(swept.map((p) => [p.id, p.seed])).toEqual([
      ['seed=0,d_det.epochs=3,epsilon=0.25', 0],
      ['seed=0,d_det.epochs=3,epsilon=128/255', 0],
      ['seed=1,d_det.epochs=3,epsilon=0.25', 1],
      ['seed=1,d_det.epochs=3,epsilon=128/255', 1],
    ]);
    expect(swept[1]?.steps['attack-next']).toMatchObject({ epsilon: 128 / 255 });
    expect(swept[1]?.steps['fresh-d_det']).toMatchObject({ epochs: 3 });
    expect(points({ seed: [0, 1], 'd_det.epochs': [3], epsilon: [0.25, '128/255'] })).toEqual(swept);
  });

  it('fills placeholders of a graph', () => {
    const spec = graph(
      { attack: { ...attack, epsilon: '$' + '{epsilon}' } },
      { matrix: { epsilon: ['8/255', 0.1], seed: [4] } },
    );
    expect(resolveSpec(spec).points.map((p) => [p.id, p.seed, p.steps.attack])).toMatchObject([
      ['seed=4,epsilon=8/255', 4, { epsilon: 8 / 255 }],
      ['seed=4,epsilon=0.1', 4, { epsilon: 0.1 }],
    ]);
  });

  const swept = { ...attack, epsilon: '$' + '{eps}' };
  it.each([
    ['misspelt override', preset({ matrix: { epsilonn: [1] } }), 'matrix.epsilonn', 'did you mean epsilon?'],
    ['wrong value', preset({ matrix: { epsilon: [0.5, -1] } }), 'matrix.epsilon', 'must not be negative'],
    ['wrong seed', preset({ matrix: { seed: [0.5] } }), 'matrix.seed', 'expected int'],
    ['wrong seed of a graph', graph({}, { matrix: { seed: [-1] } }), 'matrix.seed', 'Too small'],
    ['given twice', preset({ seed: 1, matrix: { seed: [1] } }), 'matrix.seed', 'also given outside'],
    [
      'override given twice',
      preset({ overrides: { d_det: { epochs: 3 } }, matrix: { 'd_det.epochs': [1] } }),
      'matrix.d_det.epochs',
      'also given outside',
    ],
    ['repeated value', preset({ matrix: { seed: [1, 1] } }), 'matrix.seed', 'comes twice'],
    ['no values', preset({ matrix: { seed: [] } }), 'matrix.seed', 'Too small'],
    [
      'too many points',
      preset({ matrix: { seed: Array.from({ length: 1001 }, (_, i) => i) } }),
      'matrix',
      '1001 points are more than the 1000',
    ],
    ['unused key', graph({}, { matrix: { epsilon: [1] } }), 'matrix.epsilon', 'no step uses it'],
    [
      'unknown placeholder',
      graph({ attack: swept, b: { ...attack, stepSize: '$' + '{epss}' } }, { matrix: { eps: [0.1] } }),
      'steps.b.stepSize',
      'did you mean eps?',
    ],
    [
      'placeholder without matrix',
      graph({ attack: swept }),
      'steps.attack.epsilon',
      'the matrix has no key eps',
    ],
    [
      'value in the wrong unit',
      graph({ attack: swept }, { matrix: { eps: [8] } }),
      'steps.attack.epsilon',
      '(matrix: eps=8); did you mean 8/255?',
    ],
  ])('%s is refused', (_, spec, path, message) => {
    expect(problemsOf(spec)[path]).toContain(message);
  });

  it('is capped in steps over all points', () => {
    const steps = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, dataset]));
    const seed = Array.from({ length: 1000 }, (_, i) => i);
    expect(() => resolveSpec(graph(steps, { matrix: { seed } }))).toThrow(
      expect.objectContaining({ code: 'SPEC_TOO_LARGE' }),
    );
  });
});
