import type { Drawing } from '../drawing.js';
import type { TransferFigure } from './transfer.js';

export function transferChart(_: TransferFigure): Drawing | null {
  return null;
}
