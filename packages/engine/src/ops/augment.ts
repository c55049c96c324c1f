import { tf } from '../backend/tf.js';
import { randomBelow, subSeed } from '../random/stateless.js';

/** How images are changed at random: `crop` alone is for images that a mirror would turn into none of their class. */
export type Augmentation = 'crop' | 'flip-crop';

/**
 * Random crop and flip: each image moves by up to `cropPadding` pixels either way, its border mirrored, and is flipped
 * left to right half of the time. One gather of pixels; differentiable in the images.
 * @param images float32 [n,h,w,c]
 * @param seed int32 [2]
 */
export function augment(
  images: tf.Tensor4D,
  seed: tf.Tensor1D,
  augmentation: Augmentation,
  cropPadding = 4,
): tf.Tensor4D {
  const [n, height, width, channels] = images.shape;
  const shift = (index: number) =>
    randomBelow(2 * cropPadding + 1, [n, 1, 1], subSeed(seed, index)).sub(integer(cropPadding));

  const rows = mirrored(range(height, [1, height, 1]).add(shift(0)), height);
  const straight = range(width, [1, 1, width]);
  const flipped = () => {
    const flip = randomBelow(2, [n, 1, 1], subSeed(seed, 2));
    return straight.add(flip.mul(integer(width - 1).sub(straight.mul(integer(2)))));
  };
  const columns = mirrored((augmentation === 'flip-crop' ? flipped() : straight).add(shift(1)), width);

  const first = range(n, [n, 1, 1]).mul(integer(height * width));
  const pixels = first.add(rows.mul(integer(width))).add(columns);
  return images.reshape([-1, channels]).gather(pixels.flatten()).reshape(images.shape);
}

const integer = (value: number) => tf.scalar(value, 'int32');
const range = (size: number, shape: number[]) => tf.range(0, size, 1, 'int32').reshape(shape);

/** Positions beyond the border fall back inside, the border pixel not repeated: -1 -> 1, size -> size - 2. */
function mirrored(position: tf.Tensor, size: number): tf.Tensor {
  const last = integer(size - 1);
  return last.sub(last.sub(position.abs()).abs());
}
