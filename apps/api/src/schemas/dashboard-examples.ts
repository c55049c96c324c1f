import { figures } from '@toogit/catalogue';
import { unitsOf } from '@toogit/report';
import type { DashboardKind } from '../dashboard-figures.js';

const experimentId = '7c0f3d9e-5a52-4f8c-9c39-0a3f1f2f6c11';

/** An answer of a dashboard route, for the OpenAPI document: made up, of the size that real runs give. */
export function dashboardExample(kind: DashboardKind): object {
  const { dashboard } = figures[kind];
  if (dashboard === null) return {};
  const { study, example } = dashboard;
  const rows = example.rows.map((row) => ({ experimentId, ...row }));
  const experiment = { experimentId, name: study, study, profile: 'lab', state: 'running' };
  return { kind, units: unitsOf(kind), figures: [{ ...experiment, rowsPlanned: 3, ...example, rows }] };
}

export const summaryExample = {
  experiments: { running: 1, succeeded: 4, failed: 0, cancelled: 0 },
  jobs: { blocked: 3, ready: 1, running: 2, succeeded: 812, failed: 0, cancelled: 0 },
  studies: [
    {
      study: 'simple-experiment',
      experiments: { running: 1, succeeded: 2, failed: 0, cancelled: 0 },
      newest: {
        ...{ experimentId, name: 'simple-experiment', profile: 'lab' },
        headlines: [
          {
            name: 'clean accuracy, D_det',
            ...{ value: 0.342, unit: 'fraction', n: 10000, ci95: [0.3328, 0.3514] },
          },
        ],
      },
    },
  ],
};
