import { distance } from 'fastest-levenshtein';

/** `did you mean stepSize?` for a name that is near one of the known ones; undefined if none is. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** The known name nearest by edit distance, letter case aside, if fewer than about a third of its letters differ. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const plain = name.toLowerCase();
  const [best] = known
    .map((candidate) => ({ candidate, edits: distance(plain, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  if (best === undefined) return undefined;
  return best.edits <= Math.max(1, Math.ceil(best.candidate.length / 3)) ? best.candidate : undefined;
}
