import { isStudy, type JobResult, studies } from '@toogit/catalogue';

/** What a report shows: the result of a `report` job. */
export interface ReportContent extends JobResult<'report'> {
  /** The experiment it was requested by, where that is known; the job's own result doesn't depend on it. */
  experimentId?: string | null | undefined;
}

/** The study's heading; of what is no study of the paper, its own name. */
export const reportTitle = ({ study }: Pick<ReportContent, 'study'>): string =>
  isStudy(study) ? studies[study].title : study;

/** `simple-experiment · lab · seeds 0, 1, 2`. */
export function runName({ study, profile, figures }: ReportContent): string {
  const seeds = [...new Set(figures.flatMap((figure) => figure.rows.map((row) => row.seed)))].sort(
    (a, b) => a - b,
  );
  const named = seeds.length === 0 ? null : `${seeds.length > 1 ? 'seeds' : 'seed'} ${seeds.join(', ')}`;
  return [study, profile, named].filter((part) => part !== null).join(' · ');
}

/**
 * What a reader must know before comparing with the paper. Null for a run at the paper's own scale, and for what has no
 * scale: theory, and specs of one's own that state no figures of the paper.
 */
export function scaleNote({ profile, figures }: Pick<ReportContent, 'profile' | 'figures'>): string | null {
  const measured = figures.filter((figure) => figure.kind !== 'theory');
  const compared = measured.some(
    (figure) => figure.kind === 'accuracy' && figure.means.some((mean) => mean.paper !== null),
  );
  if (profile === 'paper' || measured.length === 0 || (profile === null && !compared)) return null;
  const which = profile === null ? 'This run' : `This run, profile “${profile}”,`;
  const scaled = `${which} is scaled down from the paper, which trains a full ResNet-50 for 150 epochs on 50\u202f000 images with 100 attack steps`;
  return compared
    ? `${scaled}: read its figures beside the paper’s, not against them.`
    : `${scaled}: its numbers are those of smaller networks and weaker attacks.`;
}
