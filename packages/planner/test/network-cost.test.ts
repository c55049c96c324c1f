import { architectures } from '@toogit/catalogue';
import { layOutModel } from '@toogit/engine';
import { networkCost } from '@toogit/planner';
import { expect, it } from 'vitest';

const images: Record<'cifar10' | 'mnist', [number, number, number]> = {
  cifar10: [32, 32, 3],
  mnist: [28, 28, 1],
};

it.each(architectures)('%s costs what the engine builds', (architecture) => {
  const depths = architecture === 'densenet-bc' ? [null, 10, 40] : [null];
  const datasets = architecture === 'vgg16' ? (['cifar10'] as const) : (['cifar10', 'mnist'] as const);
  for (const depth of depths) {
    for (const dataset of datasets) {
      for (const width of [1, 0.3, 0.01]) {
        const size = { architecture, width, depth };
        const { network, parameterCount, forwardFlops } = layOutModel({
          ...size,
          inputShape: images[dataset],
          numClasses: 10,
        });
        expect(networkCost(size, images[dataset])).toMatchObject({
          parameters: parameterCount,
          forwardFlops,
          features: network.outputShape[0],
        });
      }
    }
  }
});
