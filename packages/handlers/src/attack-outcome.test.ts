import type { AttackParams } from '@toogit/catalogue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attackSuccess, robustAccuracy } from './attack-outcome.js';

const attack = (targets: AttackParams['targets']): AttackParams => ({
  ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 10, targets, randomStart: false },
  ...{ restarts: 1, gradientSamples: 1, precision: 'float32' },
});
const columns = (originalLabels: number[], targetLabels: number[]) => ({
  originalLabels: Int32Array.from(originalLabels),
  targetLabels: Int32Array.from(targetLabels),
});

describe('attackSuccess', () => {
  it('counts targets reached, but not where the target is the label', () => {
    const labels = columns([0, 1, 2, 3], [1, 1, 3, 3]);
    const success = attackSuccess(Int32Array.of(1, 1, 2, 3), labels, attack('random'));
    expect(success).toMatchObject({ n: 2, count: 1, value: 0.5 });
  });

  it('is unknown where every target is the label', () => {
    const labels = columns([0, 1], [0, 1]);
    expect(attackSuccess(Int32Array.of(0, 1), labels, attack('random'))).toBeNull();
  });

  it('counts what has left its class if untargeted', () => {
    const success = attackSuccess(Int32Array.of(0, 0, 0), columns([0, 1, 2], [0, 1, 2]), attack('none'));
    expect(success).toMatchObject({ n: 3, count: 2 });
  });
});

describe('robustAccuracy', () => {
  it('counts no example that is wrong before the attack', () => {
    const [clean, adversarial, labels] = [
      Int32Array.of(0, 2, 1),
      Int32Array.of(0, 1, 1),
      Int32Array.of(0, 1, 2),
    ];
    expect(robustAccuracy(clean, adversarial, labels)).toMatchObject({ n: 3, correct: 1 });
  });

  it('is never above clean accuracy', () => {
    const predicted = fc.array(fc.record({ clean: fc.nat(3), adversarial: fc.nat(3), label: fc.nat(3) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(predicted, (rows) => {
        const column = (name: 'clean' | 'adversarial' | 'label') => Int32Array.from(rows, (row) => row[name]);
        const robust = robustAccuracy(column('clean'), column('adversarial'), column('label'));
        expect(robust.n).toBe(rows.length);
        expect(robust.correct).toBeLessThanOrEqual(rows.filter(({ clean, label }) => clean === label).length);
      }),
    );
  });
});
