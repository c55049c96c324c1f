import { unitsOf } from '@toogit/report';
import { describe, expect, it } from 'vitest';
import { dashboardKinds } from '../dashboard-figures.js';
import { dashboardAnswer, dashboardSummary } from './dashboard.js';
import { dashboardExamples, summaryExample } from './dashboard-examples.js';

describe('the examples of the OpenAPI document', () => {
  it.each(dashboardKinds)('of %s are answers that the route may give', (kind) => {
    expect(dashboardAnswer(kind).parse(dashboardExamples[kind])).toEqual(dashboardExamples[kind]);
    const { units } = dashboardExamples[kind] as { units: Record<string, string> };
    expect(unitsOf(kind)).toMatchObject(units);
  });

  it('of the summary, too', () => {
    expect(dashboardSummary.parse(summaryExample)).toEqual(summaryExample);
  });
});
