import { encode } from 'fast-png';

/** An image of a data set and what was made of it: row-major height × width × channels, pixels in [0,1]. */
export interface ExamplePair {
  original: Float32Array;
  synthesized: Float32Array;
  /** What people see. */
  originalLabel: string;
  /** The label in the synthesised data set. */
  newLabel: string;
}

export interface ExampleGrid {
  /** What was done to the images; `unchanged` ones have only new labels. */
  made: 'adversarial' | 'inverted' | 'unchanged';
  /** Name of the synthesised data set. */
  title: string;
  /** Height, width and channels (1 or 3) of every image. */
  imageShape: readonly [number, number, number];
  pairs: ExamplePair[];
}

/**
 * PNG bytes of an image: pixels in [0,1], row-major height × width × channels (1 or 3), rounded to 8 bits, values
 * outside clipped.
 */
export function encodePng(
  pixels: ArrayLike<number>,
  height: number,
  width: number,
  channels: number,
): Uint8Array {
  const data = Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  return encode({ data, height, width, channels, depth: 8 });
}

/** PNG bytes as a `data:` URL. */
export const pngDataUrl = (png: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Width and height in pixels, as the header has them. */
export function pngSize(png: Uint8Array): { width: number; height: number } {
  const header = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  return { width: header.readUInt32BE(16), height: header.readUInt32BE(20) };
}

const roundFactors = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/**
 * By how much the perturbations of a grid are amplified to be seen: the largest round factor that keeps 99 of 100
 * pixels within the grey ± 0.5 they are drawn around.
 */
export function amplification(pairs: readonly ExamplePair[]): number {
  const sizes = pairs.flatMap((pair) => Array.from(perturbation(pair), Math.abs)).sort((a, b) => a - b);
  const typical = sizes[Math.floor(0.99 * (sizes.length - 1))] ?? 0;
  return roundFactors.findLast((factor) => factor * typical <= 0.5) ?? 1;
}

/** The perturbation, amplified, around mid-grey. */
export function amplified(pair: ExamplePair, factor: number): Float32Array {
  return perturbation(pair).map((value) => 0.5 + factor * value);
}

function perturbation({ original, synthesized }: ExamplePair): Float32Array {
  return synthesized.map((value, i) => value - (original[i] ?? 0));
}
