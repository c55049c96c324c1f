import { type JobKind, type JobResult, jobKinds } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';

/** What a job has made: the digest of its artifact, and its result (the manifest's `meta`). */
export interface SourceResult {
  digest: string;
  result: unknown;
  /** Its part `columns`, by name, where a figure is made of it and tensors are at hand. */
  columns?: Columns | undefined;
}

export type Columns = Record<string, ArrayLike<number>>;

export interface ReadSource<K extends JobKind> {
  digest: string;
  result: JobResult<K>;
}

/** The results that figures are drawn from, by index; null for a job that is not done. */
export class FigureSources {
  readonly #read = new Map<string, unknown>();

  constructor(private readonly sources: readonly (SourceResult | null)[]) {}

  /** Whether the job is done. */
  has(index: number): boolean {
    return (this.sources[index] ?? null) !== null;
  }

  /** Null where the job is not done, or its tensors are not at hand. */
  columns(index: number): Columns | null {
    return this.sources[index]?.columns ?? null;
  }

  /**
   * The result of a job of the given kind, or null if it is not there yet.
   *
   * @throws ARTIFACT_INVALID if it is not what such a job must state.
   */
  read<K extends JobKind>(index: number, kind: K): ReadSource<K> | null {
    const source = this.sources[index] ?? null;
    if (source === null) return null;
    const known = this.#read.get(`${kind}/${index}`);
    const result = known ?? this.#parse(source, kind);
    this.#read.set(`${kind}/${index}`, result);
    return { digest: source.digest, result: result as JobResult<K> };
  }

  #parse({ digest, result }: SourceResult, kind: JobKind): unknown {
    const parsed = jobKinds[kind].result.safeParse(result);
    if (parsed.success) return parsed.data;
    throw new ToogitError('ARTIFACT_INVALID', `Artifact ${digest} does not state what a ${kind} job must.`, {
      digest,
      details: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    });
  }
}
