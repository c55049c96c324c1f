export type { ArchitectureDefinition, Channels, Depths } from './architecture-definition.js';
export {
  type Architecture,
  architectureNames,
  architectures,
  channelsAt,
  depthProblem,
  depthsOf,
  smallestImageOf,
} from './architectures.js';
export * from './layers.js';
export {
  type BatchNormNode,
  type ConvNode,
  type DenseNode,
  type LinearNode,
  layOut,
  type Network,
  type Node,
} from './layout.js';
export { type ImageShape, layOutModel, type ModelLayout, type ModelShape } from './model-layout.js';
export { type NetworkCost, type NetworkSize, networkCost } from './network-cost.js';
export { type ParameterDeclaration, parametersOf } from './parameters.js';
