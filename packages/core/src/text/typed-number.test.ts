import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distanceName, isTyped, settingName, typedNumber } from './typed-number.js';

const finds = (text: string, value: number) => {
  const typed = typedNumber(text);
  return typed !== null && isTyped(typed, value);
};

it('distances are shown as people write them', () => {
  const shown = [8 / 255, 1.6 / 255, 0.5, 0.2, 0.25, 0.1 + 0.2, 0, 1, 20 / 255, 0.03137255, 1 / 3].map(
    distanceName,
  );
  expect(shown).toEqual([
    ...['8/255', '1.6/255', '0.5', '0.2', '0.25', '0.3', '0', '1', '20/255', '8/255', '85/255'],
  ]);
  expect([0.125, 0.05, 1 / 3, 1e-5].map(settingName)).toEqual(['0.125', '0.05', '0.333333333333', '0.00001']);
});

it('what is shown can be typed, and so can every rounding of it to three digits or more', () => {
  const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(value, fc.integer({ min: 3, max: 15 }), (value, digits) => {
      expect(finds(distanceName(value), value)).toBe(true);
      expect(finds(settingName(value), value)).toBe(true);
      expect(finds(value.toPrecision(digits), value)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 255 }), (levels) => {
      expect(finds(`${levels}/255`, levels / 255)).toBe(true);
      expect(finds(`${levels} / 255`, (levels + 0.1) / 255)).toBe(false);
    }),
  );
});

it('matches by the precision typed', () => {
  expect(finds('0.03137', 8 / 255)).toBe(true);
  expect(finds('0.0314', 8 / 255)).toBe(true);
  expect(finds('0.03138', 8 / 255)).toBe(false);
  expect(finds('0.3', 0.25)).toBe(false);
  expect(finds('.25', 0.25)).toBe(true);
  expect(finds('2.5e-1', 0.25)).toBe(true);
  expect(finds('0', 0)).toBe(true);
  expect(finds('0', 1e-9)).toBe(false);
  const halfway = 6.181369706097185e-8; // rounded to 15 digits it is off by half of the last
  expect(finds(halfway.toPrecision(15), halfway)).toBe(true);
});

it('refuses what is no number, and what would become 0', () => {
  for (const text of [
    '',
    'x',
    '-1',
    '8/',
    '/255',
    '8/255/2',
    '8/0',
    '1e400',
    '1e-400',
    '1e-400/255',
    'NaN',
    '0x1',
  ]) {
    expect(typedNumber(text), text).toBeNull();
  }
});
