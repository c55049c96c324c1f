import { ToogitError } from '@toogit/core';
import { resolveSpec } from './resolve.js';

/** The details of the SPEC_INVALID that a spec gives, by path. */
export function problemsOf(spec: unknown): Record<string, string> {
  try {
    resolveSpec(spec);
  } catch (error) {
    if (!(error instanceof ToogitError) || error.code !== 'SPEC_INVALID') throw error;
    const details = error.details ?? [];
    return Object.fromEntries(
      details.map((d) => [d.path, [d.message, d.suggestion].filter(Boolean).join('; ')]),
    );
  }
  throw new Error('the spec was accepted');
}

export const dataset = { kind: 'dataset', dataset: 'mnist', split: 'train' };
export const model = { kind: 'train', dataset: 'data', architecture: 'cnn' };
export const attack = {
  kind: 'attack',
  sourceModel: 'model',
  dataset: 'data',
  norm: 'linf',
  epsilon: '8/255',
  targets: 'next',
};
export const graph = (steps: Record<string, unknown>, rest = {}) => ({
  name: 'test',
  steps: { data: dataset, model, attack, ...steps },
  ...rest,
});
export const trained = (rest: Record<string, unknown>) => graph({ model: { ...model, ...rest } });
export const preset = (rest = {}) => ({ study: 'simple-experiment', profile: 'smoke', ...rest });
