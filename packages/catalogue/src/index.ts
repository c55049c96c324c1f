export { datasetImages, type ImageShape, imageShapeOf } from './dataset-images.js';
export * from './figure-definitions.js';
export * from './figures.js';
export {
  type EstimateBasis,
  estimateBases,
  type JobTimings,
  type PastJob,
  type SpeedProbe,
  speedProbe,
} from './job-timings.js';
export {
  type ArtifactType,
  artifactTypes,
  type InputRole,
  type JobKindDefinition,
  type ResourceClass,
} from './kind.js';
export { patternNames } from './kinds/patterns.js';
export { type JobKind, type JobParams, type JobResult, jobKindNames, jobKinds } from './kinds.js';
export {
  type JobEstimate,
  type JobIdentity,
  jobKey,
  type Plan,
  type PlannedJob,
  type PlannedStep,
} from './planned-job.js';
export type { JobProgress, Metric } from './progress.js';
export {
  type AttemptOutcome,
  attemptOutcomes,
  type ExperimentState,
  experimentStates,
  type JobState,
  jobStates,
} from './states.js';
export * from './values.js';
export { attackWarnings } from './warnings/attack-effect-warnings.js';
export { jobWarnings, type StoredJob } from './warnings/job-warnings.js';
export { type PerturbationSettings, perturbationWarnings } from './warnings/perturbation-warnings.js';
export { predictionWarnings } from './warnings/prediction-warnings.js';
export { maxWarnings, specWarnings } from './warnings/spec-warnings.js';
export { trainingWarnings } from './warnings/training-warnings.js';
export { below, type Warning, warning, warningCodes } from './warnings/warning.js';
