import { expect, it } from 'vitest';
import { smokeReport } from './report-fixture.js';
import { toReportJson } from './report-json.js';

it('report.json leads with the attack behind D_det', () => {
  const attacks = smokeReport.attacks
    .map((a) => ({ ...a, successRate: a.dataset === 'd_det' ? 0.9 : 0.8 }))
    .reverse();
  expect(toReportJson({ ...smokeReport, attacks }, 'e1')).toMatchObject({
    experimentId: 'e1',
    attack: { norm: 'l2', epsilon: 0.5, steps: 12, successRate: 0.9 },
  });
  expect(toReportJson({ ...smokeReport, attacks: [] }, 'e1').attack).toBeNull();
});
