import { type ImagesFacts, noImages, type PlanContext, type StepFacts, type StepOf } from '@toogit/catalogue';
import { type NetworkCost, networkCost } from '@toogit/networks';
import { type ResolvedPoint, stepFacts } from '@toogit/spec';
import { jobSeed } from './job-seed.js';

/** What the steps of one point are planned with. `planned`: job keys of the steps planned so far, which grows meanwhile. */
export function planContext(
  { seed, steps }: ResolvedPoint,
  planned: ReadonlyMap<string, string[]>,
): PlanContext {
  const known = stepFacts(steps);
  const facts = (name: string): StepFacts => known.get(name) ?? noImages;
  const find = <S>(name: string, kind: string) =>
    steps[name]?.kind === kind ? (steps[name] as S) : undefined;
  const step = <S>(name: string, kind: string) => {
    const found = find<S>(name, kind);
    if (found === undefined) throw new Error(`step ${name} is not of kind ${kind}`);
    return found;
  };
  const imagesOf = (name: string): ImagesFacts => {
    const { images } = facts(name);
    if (images === null) throw new Error(`step ${name} holds no images`);
    return images;
  };
  const networks = new Map<string, NetworkCost>();
  return {
    seed,
    seedOf: (name) => jobSeed(seed, name),
    facts,
    find,
    step,
    images(name) {
      const { shape, bytesPerPixel } = imagesOf(name);
      const pixels = shape.reduce((product, n) => product * n, 1);
      return { examples: facts(name).examples, pixels, bytesPerPixel };
    },
    keys(name) {
      const keys = planned.get(name);
      if (keys === undefined) throw new Error(`step ${name} is used before it is planned`);
      return keys;
    },
    network(name) {
      const known = networks.get(name);
      if (known !== undefined) return known;
      const { shape, classes } = imagesOf(name);
      const cost = networkCost(step<StepOf<'train'>>(name, 'train'), shape, classes);
      networks.set(name, cost);
      return cost;
    },
  };
}
