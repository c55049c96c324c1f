import type { Drawing } from '../drawing.js';
import type { FeatureUsefulnessFigure } from './feature-usefulness.js';

export function featureUsefulnessChart(_: FeatureUsefulnessFigure): Drawing | null {
  return null;
}
