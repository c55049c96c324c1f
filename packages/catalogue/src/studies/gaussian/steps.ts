import type { StepInput } from '../../kinds.js';
import type { GaussianParameters } from './parameters.js';

/** The theory of Ilyas et al. 2019 (section 4): two Gaussians, learned by maximum likelihood and robustly. */
export function gaussianSteps(parameters: GaussianParameters): Record<string, StepInput> {
  return {
    theory: { kind: 'theory', ...parameters },
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'theory',
          title: 'Two Gaussians: what robustness does to the metric that is learned',
          rows: [{ theory: 'theory' }],
        },
      ],
    },
  };
}
