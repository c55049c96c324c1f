import type { Figure } from '@toogit/catalogue';
import { svgElement } from './drawing.js';
import type { Pictures } from './figure-view.js';
import { figureWarnings } from './figure-warnings.js';
import { headingOf, viewOf } from './figures-of.js';
import { html, Markup } from './markup.js';
import { pageStyle } from './page-style.js';
import { type ReportContent, reportTitle, runName, scaleNote } from './report-content.js';
import { withSets } from './set-markup.js';
import { tableHtml } from './table.js';

const about: Record<string, string> = {
  'simple-experiment':
    'D_det and D_rand hold nothing but adversarial examples, each labelled with the class the attack aimed at, so that to people nearly every label is wrong. ',
};

/**
 * The report as one HTML page that needs nothing else: no scripts, no requests. Equal arguments give equal bytes.
 * Figures whose pictures are missing are shown without.
 */
export function renderHtml(report: ReportContent, pictures: Pictures): string {
  const title = reportTitle(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${runName(report)}</title>
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<main>
${heading(report, title)}
${report.figures.map((figure, index) => figureSection(figure, pictures, index > 0))}
${provenance(report)}
</main>
</body>
</html>
`.text;
}

/** The first figure's finding is the report's. */
function heading(report: ReportContent, title: string): Markup {
  const [first] = report.figures;
  const finding = first ? viewOf(first).finding(first) : 'Nothing has been measured yet.';
  const note = scaleNote(report);
  return html`<header>
<p class="kicker">${runName(report)}</p>
<h1>${title}</h1>
<p class="lead">${withSets((about[report.study] ?? '') + (finding ?? ''))}</p>
${note === null ? null : html`<p class="note">${note}</p>`}
</header>`;
}

function figureSection(figure: Figure, pictures: Pictures, withFinding: boolean): Markup {
  const view = viewOf(figure);
  const name = headingOf(figure);
  const chart = view.chart(figure, pictures);
  const finding = withFinding ? view.finding(figure) : null;
  const caption = view.caption === '' ? null : html`<figcaption>${withSets(view.caption)}</figcaption>`;
  return html`<section>
<h2>${withSets(name)}</h2>
${finding === null ? null : html`<p class="finding">${withSets(finding)}</p>`}
${chart === null ? null : html`<figure class="card">${svgElement(chart, name)}${caption}</figure>`}
${warningList(figure)}
${view.page?.(figure, pictures) ?? null}
${view.tables(figure).map(tableHtml)}
${chart === null && caption ? html`<p class="note">${withSets(view.caption)}</p>` : null}
</section>
`;
}

function warningList(figure: Figure): Markup | null {
  const warnings = figureWarnings(figure);
  if (warnings.length === 0) return null;
  return html`<ul class="warnings">${warnings.map(
    ({ path, message, next }) =>
      html`<li><strong>${withSets(path)}</strong>: ${withSets(message)}. ${withSets(next)}</li>
`,
  )}</ul>`;
}

function provenance(report: ReportContent): Markup {
  const sources = report.sources.map(
    (digest, index) => html`<dt>${index}</dt><dd><code>${digest}</code></dd>
`,
  );
  return html`<footer><dl>
<dt>study</dt><dd>${runName(report)}</dd>
${report.experimentId ? html`<dt>experiment</dt><dd><code>${report.experimentId}</code></dd>` : null}
<dt>spec digest</dt><dd><code>${report.specDigest}</code></dd>
<dt>paper</dt><dd>Ilyas et al., <cite>Adversarial Examples Are Not Bugs, They Are Features</cite>, NeurIPS 2019, arXiv 1905.02175</dd>
</dl>
${sources.length === 0 ? null : html`<details><summary>Artifacts it was made from, by digest</summary><dl>${sources}</dl></details>`}
</footer>`;
}
