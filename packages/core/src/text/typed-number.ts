/**
 * How the settings of a spec are shown and how they are typed, for filters: what is shown can be typed, and finds what it
 * was shown for. Floating-point equality would not do: 8/255 is 0.03137254901960784.
 */

/** Numbers nearer than this, relative to their size, are the same setting. */
const sameSetting = 1e-6;

export const isSameSetting = (one: number, other: number): boolean =>
  Math.abs(one - other) <= sameSetting * Math.max(Math.abs(one), Math.abs(other));

/** The shortest decimal: `0.1` for 0.1 and for 0.1 + 1e-17. */
export const settingName = (value: number): string => String(Number(value.toPrecision(12)));

/** A distance in [0,1] pixel units: `8/255` where it is one and is not short as a decimal, as `0.2` is. */
export function distanceName(value: number): string {
  const decimal = settingName(value);
  if (decimal.length <= 6) return decimal;
  const levels = 255 * value;
  const rounded = Math.round(10 * levels) / 10;
  return rounded > 0 && Math.abs(levels - rounded) <= sameSetting * rounded ? `${rounded}/255` : decimal;
}

/** A number as somebody typed it: every number within `tolerance` is meant. */
export interface TypedNumber {
  value: number;
  tolerance: number;
}

/** Digits that a decimal is taken to have at least: `0.3` does not mean 0.25. */
const leastDigits = 3;

const decimal = /^\d*\.?\d+(?:e[+-]?\d+)?$/i;

/** Reads `0.03137` (whatever rounds to it) and `8/255`; null where a text is neither, or becomes 0 without being it. */
export function typedNumber(text: string): TypedNumber | null {
  const [numerator = '', denominator, ...rest] = text.split('/').map((part) => part.trim());
  if (rest.length > 0 || !decimal.test(numerator)) return null;
  const isZero = !/[1-9]/.test(mantissa(numerator));
  if (denominator === undefined) return withinTolerance(Number(numerator), isZero, halfDigit(numerator));
  if (!decimal.test(denominator)) return null;
  const value = Number(numerator) / Number(denominator);
  return withinTolerance(value, isZero, sameSetting * value);
}

const withinTolerance = (value: number, isZero: boolean, tolerance: number): TypedNumber | null =>
  Number.isFinite(value) && (value !== 0 || isZero) ? { value, tolerance } : null;

/** Half a unit of the last digit, and the error of a difference of two such numbers. */
function halfDigit(text: string): number {
  const value = Number(text);
  if (value === 0) return 0;
  const digits = mantissa(text).replace('.', '').replace(/^0+/, '').length;
  const exponent = Number(value.toExponential().split('e')[1]);
  return 0.5 * 10 ** (exponent + 1 - Math.max(leastDigits, digits)) + 2 * Number.EPSILON * value;
}

const mantissa = (text: string) => text.split(/e/i)[0] ?? '';

export const isTyped = ({ value, tolerance }: TypedNumber, number: number): boolean =>
  Math.abs(number - value) <= tolerance;
