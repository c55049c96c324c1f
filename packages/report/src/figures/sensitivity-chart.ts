import type { Drawing } from '../drawing.js';
import type { SensitivityFigure } from './sensitivity.js';

export function sensitivityChart(_: SensitivityFigure): Drawing | null {
  return null;
}
