import type { ImageShape, Norm } from '@toogit/catalogue';
import { type Classifier, deviceDataset } from '@toogit/engine';
import { encodePng } from '@toogit/report';
import type { Input } from './inputs.js';
import { predictionsOf } from './predictions.js';

/** Patterns as images, for models and for people; each is [h,w,c]. */

/** The pattern at a length of its norm, added to grey, clipped to [0,1]; grey alone for a pattern of zeros. */
export function onGrey(pattern: Float32Array, norm: Norm, length: number): Float32Array {
  const own =
    norm === 'l2'
      ? Math.sqrt(pattern.reduce((sum, value) => sum + value ** 2, 0))
      : pattern.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = own === 0 ? 0 : length / own;
  return pattern.map((value) => Math.min(1, Math.max(0, 0.5 + scale * value)));
}

/** The classes that a model takes images for. */
export async function predictedClasses(
  model: Classifier,
  input: Input<'model'>,
  images: Float32Array[],
  imageShape: ImageShape,
  signal: AbortSignal,
): Promise<Int32Array> {
  const pixels = joined(images);
  const dataset = deviceDataset(pixels, imageShape, new Int32Array(images.length));
  try {
    return await predictionsOf(model, input, dataset, { batchSize: images.length, signal });
  } finally {
    dataset.dispose();
  }
}

/** Patterns one after another: [n,h,w,c]. */
export function joined(patterns: Float32Array[]): Float32Array {
  const all = new Float32Array(patterns.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const pattern of patterns) {
    all.set(pattern, end);
    end += pattern.length;
  }
  return all;
}

/** Pixels between images. */
const gap = 2;

/**
 * PNG of a row a list of patterns and a column a class, on white; each pattern amplified until its largest pixel
 * reaches black or white, around grey.
 */
export function gallery(
  rows: Float32Array[][],
  [height, width, channels]: readonly [number, number, number],
): Uint8Array {
  const columns = Math.max(...rows.map((row) => row.length));
  const totalHeight = rows.length * (height + gap) + gap;
  const totalWidth = columns * (width + gap) + gap;
  const canvas = new Float32Array(totalHeight * totalWidth * channels).fill(1);
  rows.forEach((row, rowIndex) => {
    row.forEach((pattern, column) => {
      const image = onGrey(pattern, 'linf', 0.5);
      const left = gap + column * (width + gap);
      for (let y = 0; y < height; y++) {
        const line = image.subarray(y * width * channels, (y + 1) * width * channels);
        canvas.set(line, ((gap + rowIndex * (height + gap) + y) * totalWidth + left) * channels);
      }
    });
  });
  return encodePng(canvas, totalHeight, totalWidth, channels);
}
