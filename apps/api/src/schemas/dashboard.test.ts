import { describe, expect, it } from 'vitest';
import { dashboardKinds } from '../dashboard-figures.js';
import { dashboardAnswer, dashboardSummary } from './dashboard.js';
import { dashboardExample, summaryExample } from './dashboard-examples.js';

describe('the examples of the OpenAPI document', () => {
  it.each(dashboardKinds)('of %s are answers that the route may give', (kind) => {
    const example = dashboardExample(kind);
    expect(dashboardAnswer(kind).parse(example)).toEqual(example);
  });

  it('of the summary, too', () => {
    expect(dashboardSummary.parse(summaryExample)).toEqual(summaryExample);
  });
});
