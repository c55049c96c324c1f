export { createAttack, pgd } from './attacks/attack.js';
export type { AttackRunOptions } from './attacks/attack-loop.js';
export type { Attack, AttackParams, AttackResult, LabelledRunOptions } from './attacks/attack-params.js';
export {
  createFeatureAttack,
  type Direction,
  type FeatureAttack,
  type FeatureAttackParams,
} from './attacks/feature-attack.js';
export type { StepRule } from './attacks/step-rules/step-rule.js';
export { stepRules } from './attacks/step-rules.js';
export { type UniversalPerturbationParams, universalPerturbation } from './attacks/universal-perturbation.js';
export type { Precision } from './backend/config-proto.js';
export type { OpAttribute } from './backend/data-types.js';
export { type EngineFacts, engineFacts } from './backend/engine-facts.js';
export { attribute, executeOp, hasNativeOps } from './backend/native-ops.js';
export { cacheDirectory } from './backend/provision/cache-directory.js';
export { type InstallTensorFlowOptions, installTensorFlow } from './backend/provision/install-tensorflow.js';
export type { InstallProgress } from './backend/provision/install-wheels.js';
export {
  type LocatedTensorFlow,
  locateTensorFlow,
  TENSORFLOW_VERSION,
} from './backend/provision/locate-tensorflow.js';
export { type Engine, type EngineOptions, startEngine } from './backend/start-engine.js';
export { tf } from './backend/tf.js';
export { type TracedFunction, type TraceOptions, traceFunction } from './backend/trace.js';
export { type Accuracy, accuracy, attackSucceeded } from './metrics/accuracy.js';
export type { BatchOptions } from './metrics/over-batches.js';
export { penultimateFeatures } from './metrics/penultimate-features.js';
export { perturbationNorms } from './metrics/perturbation-norms.js';
export { noClass, type PredictOptions, predict, predictedClass } from './metrics/predict.js';
export { computesFinite } from './models/finite-model.js';
export { freezeModel } from './models/freeze.js';
export {
  type Classifier,
  createModel,
  type Model,
  type ModelOptions,
  type Weights,
  type WeightTensor,
} from './models/model.js';
export type { PerturbationSet } from './perturbation-sets/perturbation-set.js';
export { type Norm, perturbationSets } from './perturbation-sets/registry.js';
export { probeSpeed, type Speed } from './probe/speed-probe.js';
export { deriveSeed, type Seed } from './random/derive-seed.js';
export { type Generator, generator } from './random/generator.js';
export { permutation } from './random/permutation.js';
export { randomBelow, randomNormal, randomUniform, seedTensor } from './random/stateless.js';
export {
  createInversion,
  type Inversion,
  type InversionParams,
  type InversionResult,
} from './synthesis/inversion.js';
export { inversionStart, otherImages } from './synthesis/inversion-start.js';
export type { AdversarialTraining } from './training/adversarial-batch.js';
export type { EpochSums, TrainingCheckpoint } from './training/checkpoint.js';
export { type DeviceDataset, deviceDataset } from './training/device-dataset.js';
export { learningRateAt, type Schedule } from './training/schedule.js';
export {
  type EpochReport,
  type StepReport,
  type TrainingOptions,
  type TrainingResult,
  trainClassifier,
} from './training/train-classifier.js';
export type { TrainingParams } from './training/training-params.js';
