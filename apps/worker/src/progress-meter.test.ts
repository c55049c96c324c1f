import { describe, expect, it } from 'vitest';
import { progressMeter } from './progress-meter.js';

describe('progressMeter', () => {
  it('knows no rate at first, then the rate over the last seconds and the time left', () => {
    let now = 0;
    const measure = progressMeter(() => now);
    const at = (seconds: number, done: number) => {
      now = 1000 * seconds;
      return measure({ done, total: 1000, unit: 'images' });
    };
    expect(at(0, 0)).toMatchObject({ rate: null, etaSeconds: null, message: null });
    expect(at(10, 100)).toMatchObject({ done: 100, rate: 10, etaSeconds: 90 });
    at(20, 300);
    expect(at(25, 500)).toMatchObject({ rate: 400 / 15, etaSeconds: 500 / (400 / 15) });
  });

  it('keeps what the handler says itself', () => {
    const measure = progressMeter(() => 0);
    expect(measure({ done: 1, total: 2, unit: 'bytes', rate: 7, message: 'half' })).toEqual({
      done: 1,
      total: 2,
      unit: 'bytes',
      rate: 7,
      etaSeconds: null,
      message: 'half',
    });
  });
});
