export { type Architecture, architectures, type ImageShape } from '@toogit/networks';
export {
  type AttackName,
  type AttackParams,
  attackNames,
  attackOf,
  attackParams,
  attacks,
  methodOf,
  ownParameters,
  ownParametersOf,
  type RuleParams,
  usualStepSize,
} from './attacks.js';
export type { JobEstimate } from './costs/job-estimate.js';
export { trainingMemory } from './costs/memory.js';
export { passWork } from './costs/work.js';
export {
  type DatasetName,
  datasetNames,
  datasets,
  directoryNames,
  imageShapeOf,
} from './datasets.js';
export type { DatasetDefinition } from './definitions/dataset-definition.js';
export type { InputRole, JobDefinition, ResourceClass } from './definitions/job-definition.js';
export {
  type ExperimentFacts,
  type HeldImages,
  type ImagesFacts,
  type JobPlan,
  noImages,
  type PlanContext,
  type StepAtPoint,
  type StepContext,
  type StepFacts,
} from './definitions/kind-definition.js';
export { type Profile, profiles, type Study } from './definitions/study-definition.js';
export { type PaperFigures, paperFigures } from './figures/accuracy.js';
export { type MeanOverSeeds, meanOverSeeds } from './figures/means.js';
export { type TrainingFacts, trainingFacts } from './figures/training-facts.js';
export * from './figures.js';
export {
  type EstimateBasis,
  estimateBases,
  type JobTimings,
  type PastJob,
  type SpeedProbe,
  speedProbe,
} from './job-timings.js';
export { attackWarnings } from './kinds/attack/warnings.js';
export { predictionWarnings } from './kinds/evaluate/warnings.js';
export { patternNames } from './kinds/patterns/job.js';
export { trainingWarnings } from './kinds/train/warnings.js';
export * from './kinds.js';
export { pixelDistance, pixelValue } from './pixel-distance.js';
export {
  type JobIdentity,
  jobKey,
  type Plan,
  type PlannedJob,
  type PlannedStep,
} from './planned-job.js';
export { type Problem, problem } from './problem.js';
export type { JobProgress, Metric } from './progress.js';
export { withReference } from './reference/with-reference.js';
export {
  type AttemptOutcome,
  attemptOutcomes,
  type ExperimentState,
  experimentStates,
  type JobState,
  jobStates,
} from './states.js';
export { defaultStepSize } from './step-values.js';
export { isStudy, type StudyName, studies, studyNames } from './studies.js';
export * from './values.js';
export { jobWarnings, type StoredJob } from './warnings/job-warnings.js';
export { type PerturbationSettings, perturbationWarnings } from './warnings/perturbation-warnings.js';
export { maxWarnings, specWarnings } from './warnings/spec-warnings.js';
export { below, type Warning, warning, warningCodes } from './warnings/warning.js';
