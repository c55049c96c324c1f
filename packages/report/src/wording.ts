import type { ReportFigures } from './report-content.js';

/** `26.9 %` for 0.269. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** `26.0 – 27.8 %`. */
export function percentRange([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(1)} – ${(100 * high).toFixed(1)} %`;
}

/** `D_det` for `d_det`: how the paper writes its constructions. */
export const setName = (name: string): string => name.replace(/^d_/, 'D_');

/** `L2`, `L∞`. */
export const normName = (norm: string): string => (norm === 'linf' ? 'L∞' : norm.replace(/^l/, 'L'));

/** Up to four significant digits: 0.5, 0.03137. */
export const plainNumber = (value: number): string => String(Number(value.toPrecision(4)));

export const wholeNumber = (value: number): string => value.toLocaleString('en-US').replaceAll(',', '\u202f');

/** Rows trained on a synthesised set and evaluated on real images: those that the study is about. */
export function syntheticRows(report: ReportFigures): ReportFigures['rows'] {
  const synthesized = new Set(report.attacks.map((attack) => setName(attack.dataset)));
  return report.rows.filter((row) => synthesized.has(setName(row.trainedOn)));
}

/** What is measured, as a heading. */
export const accuracyTitle = (report: ReportFigures): string =>
  syntheticRows(report).length > 0 ? 'Accuracy on the original test images' : 'Accuracy on unaltered images';

/** What the figures say, in words; only as much as their intervals allow. */
export function finding(report: ReportFigures): string {
  const rows = syntheticRows(report);
  const chance = percent(report.chance);
  if (rows.length === 0) return `Guessing would be right in ${chance} of cases.`;
  const figures = rows
    .map((row) => `${percent(row.cleanAccuracy)} (${setName(row.trainedOn)})`)
    .join(' and ');
  const n = wholeNumber(Math.max(...rows.map((row) => row.n)));
  const measured = `Fresh networks that learn from nothing else get ${figures} of ${n} original, unaltered test images right, where guessing gets ${chance}`;
  const below = rows.filter((row) => row.ci95[0] <= report.chance).map((row) => setName(row.trainedOn));
  if (below.length === 0)
    return `${measured}: the patterns they learned mean nothing to people, and are real.`;
  return `${measured}; for ${below.join(' and ')}, this run's interval does not lie above chance.`;
}

/** Null for a run at the paper's own scale, and where the paper has no figure to compare with. */
export function scaleNote(report: ReportFigures): string | null {
  if (report.profile === 'paper' || report.rows.every((row) => row.paper === null)) return null;
  const which = report.profile === null ? 'This run' : `This run, profile “${report.profile}”,`;
  return `${which} is scaled down from the paper, which trains a full ResNet-50 for 150 epochs on 50\u202f000 images with 100 attack steps: read its figures beside the paper’s, not against them.`;
}
