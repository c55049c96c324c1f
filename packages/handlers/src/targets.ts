import type { TargetRule } from '@toogit/catalogue';
import { deriveSeed, generator } from '@toogit/engine';

/**
 * The labels an attack works with: the classes it moves examples to, or the true ones it moves them away from. A
 * random target follows from the seed and the example's place in the data set, so the cut into blocks changes none.
 */
export function targetLabels(
  rule: TargetRule,
  labels: Int32Array,
  { start, numClasses, seed }: { start: number; numClasses: number; seed: number },
): Int32Array {
  switch (rule) {
    case 'none':
      return labels.slice();
    case 'next':
      return labels.map((label) => (label + 1) % numClasses);
    case 'random':
      return labels.map((_, index) => generator(deriveSeed(seed, 'target', start + index)).below(numClasses));
  }
}
