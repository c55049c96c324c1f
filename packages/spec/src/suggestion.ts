import { distance } from 'fastest-levenshtein';

/** What the field also calls a key or a kind of ours; the first of ours that is known at the place is meant. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  lr: ['learningRate'],
  eta: ['learningRate'],
  eps: ['epsilon', 'epsilons'],
  radius: ['epsilon'],
  alpha: ['stepSize'],
  lrschedule: ['schedule'],
  scheduler: ['schedule'],
  wd: ['weightDecay'],
  bs: ['batchSize'],
  iterations: ['steps', 'epochs'],
  iters: ['steps', 'epochs'],
  model: ['architecture', 'model', 'sourceModel'],
  arch: ['architecture'],
  network: ['architecture'],
  seeds: ['seed'],
  dtype: ['precision'],
  augment: ['augmentation'],
  unmovedmodels: ['nonTransferModels'],
  unmoved: ['nonTransferNetworks'],
  bugs: ['nonTransfer'],
  bugexamples: ['nonTransferExamples'],
  fgsm: ['attack'],
  bim: ['attack'],
  pgd: ['attack'],
  training: ['train'],
  evaluation: ['evaluate'],
  synthesis: ['synthesize'],
};

/** `did you mean stepSize?` for a name that is near one of the known ones; undefined if none is. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/**
 * The known name that is meant: by synonym, else the nearest by edit distance, letter case aside, if fewer than about a
 * third of its letters differ.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const plain = name.toLowerCase();
  const synonym = Object.hasOwn(synonyms, plain)
    ? synonyms[plain]?.find((n) => known.includes(n))
    : undefined;
  if (synonym !== undefined) return synonym;
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const allowed = Math.min(Math.max(1, Math.ceil(candidate.length / 3)), fewest - 1);
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const edits = distance(plain, candidate.toLowerCase());
    if (edits > allowed) continue;
    nearest = candidate;
    fewest = edits;
  }
  return nearest;
}
