export { specDigest } from './digest.js';
export { maxPoints, maxSpecBytes, maxSteps } from './limits.js';
export { withLines } from './locate.js';
export { parseSpec } from './parse.js';
export { orderSteps, type StepReference, stepReferences } from './references.js';
export { type ResolvedPoint, type ResolvedSpec, resolveSpec } from './resolve.js';
export {
  type GraphInput,
  graphSchema,
  type PresetInput,
  presetSchema,
  type SpecInput,
  specJsonSchema,
} from './spec-schema.js';
export { stepFacts } from './step-facts.js';
export { nearestName } from './suggestion.js';
