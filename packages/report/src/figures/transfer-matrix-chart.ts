import type { Drawing } from '../drawing.js';
import type { TransferMatrixFigure } from './transfer-matrix.js';

export function transferMatrixChart(_: TransferMatrixFigure): Drawing | null {
  return null;
}
