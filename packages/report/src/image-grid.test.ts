import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { amplification, encodePng } from './image-grid.js';

describe('encodePng', () => {
  it.each([1, 3])('keeps %i channels, clipped to [0,1] and rounded', (channels) => {
    const pixels = Float32Array.from({ length: 6 * channels }, (_, i) =>
      i === 0 ? -0.1 : i === 1 ? 1.2 : i / 20,
    );
    const image = decode(encodePng(pixels, 2, 3, channels));
    expect(image).toMatchObject({ width: 3, height: 2, channels, depth: 8 });
    expect([...image.data].slice(0, 4)).toEqual([0, 255, Math.round(25.5), Math.round(38.25)]);
  });
});

describe('amplification', () => {
  const pair = (size: number) => ({
    original: new Float32Array(100),
    synthesized: new Float32Array(100).fill(size),
    originalLabel: '',
    newLabel: '',
  });

  it.each([
    [0.5, 1],
    [0.06, 5],
    [0.03, 10],
    [8 / 255, 10],
    [0.0009, 500],
  ])('a perturbation of %f is shown ×%i', (size, factor) => {
    expect(amplification([pair(size)])).toBe(factor);
  });

  it('has an answer for perturbations of nothing and for no pairs', () => {
    expect(amplification([pair(0)])).toBeGreaterThanOrEqual(1);
    expect(amplification([])).toBeGreaterThanOrEqual(1);
  });
});
