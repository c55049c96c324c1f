import type { JobResult } from '@toogit/jobs';

/** What a report shows: the result of a `report` job. */
export type ReportContent = JobResult<'report'> & {
  /** The experiment it was asked for by, where that is known; the job's own result doesn't depend on it. */
  experimentId?: string | null | undefined;
};

/** report.json as programs read it. Accuracies and rates are fractions. */
export interface ReportJson extends JobResult<'report'> {
  /** The attack behind the first synthesised data set (D_det in the simple experiment), null where there is none. */
  attack: {
    norm: string;
    epsilon: number;
    steps: number;
    successRate: number;
    maxNorm: number;
  } | null;
  experimentId: string;
}

/** A report job's result, with the experiment that it is read from. */
export function toReportJson(result: JobResult<'report'>, experimentId: string): ReportJson {
  const [first] = result.attacks;
  const det = result.attacks.find((attack) => attack.dataset === 'd_det') ?? first;
  if (det === undefined) return { ...result, attack: null, experimentId };
  const { norm, epsilon, steps, successRate, maxNorm } = det;
  return { ...result, attack: { norm, epsilon, steps, successRate, maxNorm }, experimentId };
}
