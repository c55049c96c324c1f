/** How far an attempt is, as people watch it. */
export interface JobProgress {
  done: number;
  total: number;
  /** What is counted: `images`, `epochs`, `bytes`, … */
  unit: string;
  /** Units a second over the last moments, null until known. */
  rate: number | null;
  /** Seconds left at this rate, null until known. */
  etaSeconds: number | null;
  /** A short remark, e.g. `epoch 3/6, loss 0.81`. */
  message: string | null;
}

/** A number with its context: which job it comes from is added when it is stored. */
export interface Metric {
  /** `trainLoss`, `trainAccuracy`, `cleanAccuracy`, `robustAccuracy`, `attackSuccessRate`, `maxNorm`, … */
  name: string;
  value: number;
  /** `fraction`, `1` (no unit), `seconds`, `examples/s`, … */
  unit: string;
  /** Position in a series (epoch), null for a single value. */
  step: number | null;
  /** Number of examples the value was measured on. */
  n: number | null;
  ci95: [number, number] | null;
  /** Split, threat model, architecture, seed, …: whatever the number needs to be read rightly. */
  context: Record<string, string | number | boolean>;
}
