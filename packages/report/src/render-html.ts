import { accuracyChart } from './accuracy-chart.js';
import { amplification, amplified, type ExampleGrid, type ExamplePair, pngDataUrl } from './image-grid.js';
import { html, Markup } from './markup.js';
import { pageStyle } from './page-style.js';
import type { ReportContent } from './report-content.js';
import {
  accuracyTitle,
  finding,
  normName,
  percent,
  percentRange,
  plainNumber,
  scaleNote,
  setName,
  syntheticRows,
  wholeNumber,
} from './wording.js';

/**
 * The report as one HTML page that needs nothing else: no scripts, no requests. Equal arguments give equal bytes.
 * `grids` are the synthesised data sets' example images.
 */
export function renderHtml(report: ReportContent, grids: readonly ExampleGrid[]): string {
  const title =
    syntheticRows(report).length > 0 ? 'What is learned from adversarial examples alone' : report.study;
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
${chart(report)}
${accuracies(report)}
${attacks(report)}
${grids.length === 0 ? null : examples(grids)}
${provenance(report)}
</main>
</body>
</html>
`.text;
}

const runName = ({ study, profile, seed }: ReportContent) =>
  [study, profile, `seed ${seed}`].filter((part) => part !== null).join(' · ');

function heading(report: ReportContent, title: string): Markup {
  const sets = syntheticRows(report).map((row) => set(row.trainedOn));
  const note = scaleNote(report);
  const about =
    sets.length === 0
      ? null
      : html`${joined(sets)} ${sets.length === 1 ? 'holds' : 'hold'} nothing but adversarial examples, each labelled with the class the attack aimed at, so that to people nearly every label is wrong. `;
  return html`<header>
<p class="kicker">${runName(report)}</p>
<h1>${title}</h1>
<p class="lead">${about}${withSets(finding(report))}</p>
${note === null ? null : html`<p class="note">${note}</p>`}
</header>`;
}

function chart(report: ReportContent): Markup {
  const hasPaper = report.rows.some((row) => row.paper !== null);
  const key = (drawing: string) =>
    new Markup(`<svg class="key" viewBox="0 0 22 12" aria-hidden="true">${drawing}</svg>`);
  return html`<figure class="card">
${accuracyChart(report)}
<figcaption>
<span>${key('<path d="M1,6H21M1,2V10M21,2V10" stroke="var(--ink)" stroke-width="1.75" fill="none"/>')}95 % interval</span>
${hasPaper ? html`<span>${key('<path d="M11,0L17,6L11,12L5,6Z" fill="var(--page)" stroke="var(--paper-mark)" stroke-width="2"/>')}the paper (ResNet-50)</span>` : null}
<span>${key('<path d="M0,6H22" stroke="var(--ink)" stroke-width="1.25" stroke-dasharray="3,3"/>')}chance</span>
</figcaption>
</figure>`;
}

function accuracies(report: ReportContent): Markup {
  const rows = report.rows.map(
    (
      row,
    ) => html`<tr><th scope="row" class="name">${set(row.trainedOn)}</th><td class="name">${set(row.evaluatedOn)}</td><td>${percent(row.cleanAccuracy)}</td><td>${percentRange(row.ci95)}</td><td>${wholeNumber(row.n)}</td><td>${row.paper === null ? '–' : percent(row.paper)}</td></tr>
`,
  );
  return html`<h2>${accuracyTitle(report)}</h2>
<div class="card scroll"><table>
<thead><tr><th scope="col" class="name">trained on</th><th scope="col" class="name">evaluated on</th><th scope="col">accuracy</th><th scope="col">95 % interval</th><th scope="col">n</th><th scope="col">paper</th></tr></thead>
<tbody>
${rows}<tr class="chance"><th scope="row" class="name">chance</th><td></td><td>${percent(report.chance)}</td><td></td><td></td><td></td></tr>
</tbody>
</table></div>
${report.rows.map(robustness)}`;
}

function robustness({ trainedOn, robust }: ReportContent['rows'][number]): Markup | null {
  if (robust === null) return null;
  const { norm, epsilon, steps } = robust.attack;
  return html`<p class="note">Under attack (${normName(norm)}, ε = ${plainNumber(epsilon)}, ${steps} steps), the model trained on ${set(trainedOn)} gets ${percent(robust.robustAccuracy)} of ${wholeNumber(robust.n)} test images right (95 % interval ${percentRange(robust.ci95)}).</p>`;
}

function attacks(report: ReportContent): Markup | null {
  if (report.attacks.length === 0) return null;
  const cards = report.attacks.map(
    (attack) => html`<section class="card"><h3>${set(attack.dataset)}</h3><dl>
<dt>norm</dt><dd>${normName(attack.norm)}</dd>
<dt>ε, in [0,1] pixel units</dt><dd>${plainNumber(attack.epsilon)}</dd>
<dt>steps of PGD</dt><dd>${attack.steps} × ${plainNumber(attack.stepSize)}</dd>
<dt>images</dt><dd>${wholeNumber(attack.n)}</dd>
<dt>target reached</dt><dd>${percent(attack.successRate)}</dd>
<dt>largest perturbation</dt><dd>${plainNumber(attack.maxNorm)}</dd>
</dl></section>`,
  );
  return html`<h2>The attacks that made them</h2>
<div class="facts">${cards}</div>`;
}

function examples(grids: readonly ExampleGrid[]): Markup {
  return html`<h2>What the networks were shown</h2>
<div class="grids">${grids.map(grid)}</div>`;
}

function grid({ title, imageShape, pairs }: ExampleGrid): Markup {
  const factor = amplification(pairs);
  const image = (pixels: Float32Array, alt: string) =>
    html`<img alt="${alt}" src="${pngDataUrl(pixels, imageShape)}">`;
  const row = (pair: ExamplePair) => html`<tr>
<td>${image(pair.original, `original, ${pair.originalLabel}`)}</td>
<td>${image(pair.adversarial, `adversarial, labelled ${pair.newLabel}`)}</td>
<td>${image(amplified(pair, factor), `perturbation, amplified ${factor} times`)}</td>
<td class="old">${pair.originalLabel}</td><td class="new">${pair.newLabel}</td>
</tr>
`;
  return html`<section class="card grid"><h3>${set(title)}</h3><table>
<thead><tr><th scope="col">original</th><th scope="col">adversarial</th><th scope="col">perturbation ×${factor}</th><th scope="col">old label</th><th scope="col">new label</th></tr></thead>
<tbody>
${pairs.map(row)}</tbody>
</table></section>`;
}

function provenance(report: ReportContent): Markup {
  const artifacts = Object.entries(report.artifacts).map(
    ([name, digest]) => html`<dt>${name}</dt><dd><code>${digest}</code></dd>
`,
  );
  return html`<footer><dl>
<dt>study</dt><dd>${runName(report)}</dd>
${report.experimentId ? html`<dt>experiment</dt><dd><code>${report.experimentId}</code></dd>` : null}
<dt>spec digest</dt><dd><code>${report.specDigest}</code></dd>
<dt>paper</dt><dd>Ilyas et al., <cite>Adversarial Examples Are Not Bugs, They Are Features</cite>, NeurIPS 2019, arXiv 1905.02175</dd>
</dl>
${artifacts.length === 0 ? null : html`<details><summary>Artifacts and their digests</summary><dl>${artifacts}</dl></details>`}
</footer>`;
}

/** `D_det` with its index set low. */
function set(name: string): Markup {
  const shown = setName(name);
  const index = /^D_(\w+)$/.exec(shown)?.[1];
  return index === undefined ? html`${shown}` : html`D<sub>${index}</sub>`;
}

/** A sentence in which D_det and D_rand are set as such. */
function withSets(sentence: string): Markup {
  const parts = sentence.split(/\b(D_\w+)/);
  return html`${parts.map((part, i) => (i % 2 === 1 ? set(part) : part))}`;
}

function joined(parts: Markup[]): Markup {
  return html`${parts.map((part, i) => html`${i === 0 ? '' : i === parts.length - 1 ? ' and ' : ', '}${part}`)}`;
}
