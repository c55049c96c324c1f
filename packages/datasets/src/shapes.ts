import { createCipheriv, createHash } from 'node:crypto';
import type { Split } from '@toogit/catalogue';
import type { DatasetDefinition, Examples } from './dataset-definition.js';

const size = 32;
const channels = 3;
const imageBytes = size * size * channels;

/**
 * Whether a point is part of a shape of radius 1 around the origin. All are symmetric about the vertical axis, so that a
 * mirror image is of the same class.
 */
const outlines = {
  circle: (x: number, y: number) => x * x + y * y <= 1,
  ring: (x: number, y: number) => x * x + y * y <= 1 && x * x + y * y >= 0.35,
  square: (x: number, y: number) => square(x, y) <= 0.8,
  frame: (x: number, y: number) => square(x, y) <= 0.8 && square(x, y) >= 0.45,
  diamond: (x: number, y: number) => Math.abs(x) + Math.abs(y) <= 1,
  triangle: (x: number, y: number) => y <= 0.8 && 2 * Math.abs(x) <= y + 1,
  plus: (x: number, y: number) => square(x, y) <= 1 && Math.min(Math.abs(x), Math.abs(y)) <= 0.25,
  cross: (x: number, y: number) => square(x, y) <= 0.9 && Math.abs(Math.abs(x) - Math.abs(y)) <= 0.3,
  'horizontal bar': (x: number, y: number) => Math.abs(x) <= 1 && Math.abs(y) <= 0.3,
  'vertical bar': (x: number, y: number) => Math.abs(x) <= 0.3 && Math.abs(y) <= 1,
};
const classNames = Object.keys(outlines);
const inside = Object.values(outlines);

const square = (x: number, y: number): number => Math.max(Math.abs(x), Math.abs(y));

/** Noise of an image's pixels, at most this far from the shape's or the ground's colour. */
const noise = 40;

/** Ten shapes of random place, size and colours in noise: 32×32×3, made on the spot, the same everywhere. */
export const shapes: DatasetDefinition = {
  name: 'shapes',
  imageShape: [size, size, channels],
  classNames,
  mean: [0.357, 0.3579, 0.3574],
  std: [0.1611, 0.1607, 0.1612],
  splits: {
    train: {
      examples: 10_000,
      pixelDigest: '85729658fe87e8331ac17000b6ccceb5dff5fd66a31ba39de2f78faa1e41dbeb',
    },
    test: {
      examples: 2_000,
      pixelDigest: 'f73291d616aff4b258bd858bfcac3a0ffd48bfba35c525ad6066bca9b2598b29',
    },
  },
  sources: (split) => [
    { files: [], decode: async (_, onDecoded) => drawn(split, shapes.splits[split].examples, onDecoded) },
  ],
};

function drawn(split: Split, count: number, onDecoded: (examples: number) => void): Examples {
  const images = new Uint8Array(count * imageBytes);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classNames.length);
  for (let i = 0; i < count; i++) {
    draw(images.subarray(i * imageBytes, (i + 1) * imageBytes), labels[i] as number, randomBytes(split, i));
    if ((i + 1) % 1_000 === 0) onDecoded(i + 1);
  }
  return { images, labels };
}

/** Of one image: the first decide where and how large the shape is and its colours, one a pixel and channel is noise. */
const headBytes = 16;

/** AES-128 in counter mode, keyed by split and index. */
function randomBytes(split: Split, index: number): Uint8Array {
  const key = createHash('sha256').update(`shapes/${split}/${index}`).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(headBytes + imageBytes));
}

function draw(pixels: Uint8Array, label: number, random: Uint8Array): void {
  const [left = 0, top = 0, scale = 0, ...colours] = random;
  const [centerX, centerY] = [11.5 + (9 * left) / 256, 11.5 + (9 * top) / 256];
  const radius = 6 + (4 * scale) / 256;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const isInside = inside[label]?.((column - centerX) / radius, (row - centerY) / radius);
      for (let channel = 0; channel < channels; channel++) {
        const at = (row * size + column) * channels + channel;
        const ground = noise + ((colours[channel] as number) % 96);
        // Brighter than the ground in each channel by 48 to 79.
        const colour = isInside ? ground + 48 + ((colours[3 + channel] as number) % 32) : ground;
        pixels[at] = colour + Math.round(((random[headBytes + at] as number) / 127.5 - 1) * noise);
      }
    }
  }
}
