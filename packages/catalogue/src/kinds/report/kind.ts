import { reportMemory } from '../../costs/memory.js';
import { defineKind, noImages } from '../../definitions/kind-definition.js';
import { reportJob } from './job.js';
import { planReport } from './plan.js';
import { reportProblems, reportReferences, reportStep } from './step.js';

export const report = defineKind({
  job: reportJob,
  step: reportStep,
  references: reportReferences,
  facts: () => noImages,
  problems: reportProblems,
  planPoints: planReport,
  memoryBytes: () => reportMemory,
});
