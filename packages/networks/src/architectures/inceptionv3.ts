import type { ArchitectureDefinition, Channels } from '../architecture-definition.js';
import { concat, conv, globalAveragePool, type Layer, type PoolLayer } from '../layers.js';

/** Reduces the size by half. */
const halvingMaxPool: PoolLayer = { kind: 'maxPool', size: 3, stride: 2 };
/** Keeps the size. */
const smoothing: PoolLayer = { kind: 'averagePool', size: 3, stride: 1 };

/**
 * Inception-v3 (Szegedy et al. 2016) for 32×32 images, channels as in torchvision, without the auxiliary classifier and
 * dropout. The published one takes 299×299 to 35×35 before its first module; here the stem has neither strides nor pools
 * and every convolution and pool is padded, so that the modules work at 32×32, 16×16 and 8×8 instead of 35, 17 and 8.
 * Batch norm's epsilon is 1e-5, as everywhere here, instead of 1e-3.
 */
export const inceptionv3: ArchitectureDefinition = {
  title: 'Inception-v3',
  summary: 'everything padded, with a 3×3 stem at stride 1 (Szegedy et al. 2016)',
  features: (channels) => {
    const { a, b, c, d, e } = modules(channels);
    return [
      conv(channels(32)),
      conv(channels(32)),
      conv(channels(64)),
      conv(channels(80), { size: 1 }),
      conv(channels(192)),
      ...[32, 64, 64].map(a),
      b(),
      ...[128, 160, 160, 192].map(c),
      d(),
      e(),
      e(),
      globalAveragePool,
    ];
  },
  classifier: { bias: true, scale: 1 },
};

/** The five kinds of modules, by the letters of torchvision; the last branch pools. */
function modules(channels: Channels) {
  const one = (published: number) => conv(channels(published), { size: 1 });
  const three = (published: number, stride: 1 | 2 = 1) => conv(channels(published), { stride });
  const five = (published: number) => conv(channels(published), { size: 5 });
  const row = (published: number, length: number) => conv(channels(published), { size: [1, length] });
  const column = (published: number, length: number) => conv(channels(published), { size: [length, 1] });
  const spread = () => concat([row(384, 3)], [column(384, 3)]);

  return {
    a: (pooled: number): Layer =>
      concat([one(64)], [one(48), five(64)], [one(64), three(96), three(96)], [smoothing, one(pooled)]),
    b: (): Layer => concat([three(384, 2)], [one(64), three(96), three(96, 2)], [halvingMaxPool]),
    c: (inner: number): Layer =>
      concat(
        [one(192)],
        [one(inner), row(inner, 7), column(192, 7)],
        [one(inner), column(inner, 7), row(inner, 7), column(inner, 7), row(192, 7)],
        [smoothing, one(192)],
      ),
    d: (): Layer =>
      concat(
        [one(192), three(320, 2)],
        [one(192), row(192, 7), column(192, 7), three(192, 2)],
        [halvingMaxPool],
      ),
    e: (): Layer =>
      concat([one(320)], [one(384), spread()], [one(448), three(384), spread()], [smoothing, one(192)]),
  };
}
