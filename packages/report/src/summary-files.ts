import type { ExperimentState, JobState } from '@toogit/catalogue';
import { type Drawing, stacked, textDrawing } from './drawing.js';
import { headed, recordsCsv, standaloneSvg } from './figure-files.js';
import type { Headline } from './figure-view.js';
import { reportTitle } from './report-content.js';
import type { Theme } from './themes.js';
import { percent, percentRange, plainNumber, wholeNumber } from './wording.js';

/** What there is, and the newest numbers of each study. */
export interface Summary {
  experiments: Record<ExperimentState, number>;
  jobs: Record<JobState, number>;
  studies: StudySummary[];
}

export interface StudySummary {
  study: string;
  experiments: Record<ExperimentState, number>;
  /** The newest experiment of the study that has results; null if none has. */
  newest: { experimentId: string; name: string; profile: string | null; headlines: Headline[] } | null;
}

/** The headlines, a line each. */
export function summaryCsv({ studies }: Summary): string {
  const records = studies.flatMap(({ study, newest }) =>
    (newest?.headlines ?? []).map(({ name, value, unit, n, ci95 }) => ({
      ...{ study, experimentId: newest?.experimentId ?? '', profile: newest?.profile ?? null },
      ...{ name, value, unit, n, low: ci95?.[0] ?? null, high: ci95?.[1] ?? null },
    })),
  );
  return recordsCsv(records, [
    'study',
    'experimentId',
    'profile',
    'name',
    'value',
    'unit',
    'n',
    'low',
    'high',
  ]);
}

/** The same as text, drawn. */
export function summarySvg(summary: Summary, theme: Theme = 'light'): string {
  const counts = (name: string, states: Record<string, number>) =>
    `${name}: ${Object.entries(states)
      .map(([state, n]) => `${wholeNumber(n)} ${state}`)
      .join(', ')}`;
  const totals = stacked([
    textDrawing(counts('Experiments', summary.experiments)),
    textDrawing(counts('Jobs', summary.jobs)),
  ]);
  return standaloneSvg([totals, ...summary.studies.map(studyDrawing)], 'Summary of all studies', theme);
}

const mostLines = 12;

function studyDrawing({ study, experiments, newest }: StudySummary): Drawing {
  const total = Object.values(experiments).reduce((sum, n) => sum + n, 0);
  const about = `${study} · ${wholeNumber(total)} experiments, ${experiments.running} running`;
  const headlines = newest?.headlines ?? [];
  const lines = headlines.slice(0, mostLines).map(headlineText);
  const more = headlines.length - lines.length;
  const all = [
    ...(newest
      ? [`Newest with results: ${newest.name}${newest.profile ? ` (${newest.profile})` : ''}`]
      : ['No results yet.']),
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return headed(
    reportTitle({ study }),
    about,
    stacked(
      all.map((line) => textDrawing(line)),
      2,
    ),
  );
}

function headlineText({ name, value, unit, n, ci95 }: Headline): string {
  const [shown, range] =
    unit === 'fraction'
      ? [percent(value), ci95 && percentRange(ci95)]
      : [
          `${plainNumber(value)}${unit === '1' ? '' : ` ${unit}`}`,
          ci95 && `${plainNumber(ci95[0])} – ${plainNumber(ci95[1])}`,
        ];
  return `${name}: ${shown}${range === null ? '' : ` (95 % ${range})`}, n = ${wholeNumber(n)}`;
}
