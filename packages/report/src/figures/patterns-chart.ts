import type { Drawing } from '../drawing.js';
import type { Pictures } from '../figure-view.js';
import type { PatternsFigure } from './patterns.js';

export function patternsChart(_: PatternsFigure, __: Pictures): Drawing | null {
  return null;
}
