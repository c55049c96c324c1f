import { reportMemory } from '../../costs/memory.js';
import { defineKind, noImages } from '../../definitions/kind-definition.js';
import { reportJob } from './job.js';
import { planReport } from './plan.js';
import { reportProblems, reportReferences, reportStep } from './step.js';

export const report = defineKind({
  description: `Tables, charts and a page of what other steps found. One report covers all points of a matrix: each point adds its rows to
the same [figures](#figures).`,
  job: reportJob,
  step: reportStep,
  references: reportReferences,
  facts: () => noImages,
  problems: reportProblems,
  planPoints: planReport,
  memoryBytes: () => reportMemory,
});
