import { ToogitError } from '@toogit/core';
import type { ArchitectureDefinition, Depths } from './architecture-definition.js';
import { cnn } from './architectures/cnn.js';
import { densenetBc } from './architectures/densenet-bc.js';
import { densenet121 } from './architectures/densenet121.js';
import { inceptionv3 } from './architectures/inceptionv3.js';
import { preactresnet18 } from './architectures/preactresnet18.js';
import { resnet9 } from './architectures/resnet9.js';
import { resnet18 } from './architectures/resnet18.js';
import { resnet50 } from './architectures/resnet50.js';
import { vgg16 } from './architectures/vgg16.js';
import type { Layer } from './layers.js';

const registry = {
  cnn,
  resnet9,
  resnet18,
  resnet50,
  preactresnet18,
  vgg16,
  inceptionv3,
  densenet121,
  'densenet-bc': densenetBc,
};

export type Architecture = keyof typeof registry;
export const architectures: Record<Architecture, ArchitectureDefinition> = registry;
export const architectureNames = Object.keys(architectures) as [Architecture, ...Architecture[]];

/** Null where there is one depth only. */
export const depthsOf = (architecture: Architecture): Depths | null =>
  architectures[architecture].depths ?? null;

/** Least height and width of the images that an architecture takes, in pixels. */
export const smallestImageOf = (architecture: Architecture): number =>
  architectures[architecture].smallestImage ?? 8;

/** What is wrong with a depth; null if nothing is, as with no depth, which is the published one. */
export function depthProblem(architecture: Architecture, depth: number | null): string | null {
  const depths = depthsOf(architecture);
  if (depth === null || depths?.includes(depth)) return null;
  if (depths) return `the depth of ${architecture} is ${depths.rule}, not ${depth}`;
  const several = architectureNames.filter((name) => depthsOf(name) !== null).join(', ');
  return `${architecture} has one depth only; ${several} comes in several`;
}

/**
 * The layers from images to features.
 * @param depth null is the published one
 * @throws ToogitError SPEC_INVALID where the architecture has no such depth
 */
export function featureLayers(architecture: Architecture, width: number, depth: number | null): Layer[] {
  const message = depthProblem(architecture, depth);
  if (message !== null)
    throw new ToogitError('SPEC_INVALID', message, { details: [{ path: 'depth', message }] });
  const { features, depths } = architectures[architecture];
  return features(channelsAt(width), depth ?? depths?.published ?? 0);
}

/** How many channels a network of this width has where the published one has `published`: a multiple of 4, at least 4. */
export const channelsAt =
  (width: number) =>
  (published: number): number =>
    Math.max(4, Math.round((published * width) / 4) * 4);
