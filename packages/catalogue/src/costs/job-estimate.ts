/** Rough cost of a job, for plans and progress. */
export interface JobEstimate {
  /** Floating-point operations (multiply and add counted apart). */
  flops: number;
  /** Bytes written to the artifact store. */
  bytes: number;
  /** What its time grows with, in flops: with what takes time besides, as that many of them. The flops themselves if absent. */
  work?: number;
  /** Memory that the job needs at least; a worker that has less never takes it. Any worker will do if absent. */
  memoryBytes?: number;
}
