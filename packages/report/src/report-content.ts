import type { JobResult } from '@toogit/jobs';

/** What a report shows: the result of a `report` job. */
export interface ReportContent extends JobResult<'report'> {
  /** The experiment it was asked for by, where that is known; the job's own result doesn't depend on it. */
  experimentId?: string | null | undefined;
}

/** Its figures, without the digests of what they come from. */
export type ReportFigures = Omit<ReportContent, 'artifacts'>;
