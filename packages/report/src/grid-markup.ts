import {
  amplification,
  amplified,
  type ExampleGrid,
  type ExamplePair,
  encodePng,
  pngDataUrl,
} from './image-grid.js';
import { html, type Markup } from './markup.js';
import { setMarkup } from './set-markup.js';

/** Images of a synthesised set beside those they were made from, with both labels. */
export function gridMarkup({ title, imageShape, pairs, made }: ExampleGrid): Markup {
  const factor = amplification(pairs);
  const image = (pixels: Float32Array, alt: string) =>
    html`<img alt="${alt}" src="${pngDataUrl(encodePng(pixels, ...imageShape))}">`;
  const perturbed = made === 'adversarial';
  const row = (pair: ExamplePair) => html`<tr>
<td>${image(pair.original, `original, ${pair.originalLabel}`)}</td>
${made === 'unchanged' ? null : html`<td>${image(pair.synthesized, `${made}, labelled ${pair.newLabel}`)}</td>`}
${perturbed ? html`<td>${image(amplified(pair, factor), `perturbation, amplified ${factor} times`)}</td>` : null}
<td class="old">${pair.originalLabel}</td><td class="new">${pair.newLabel}</td>
</tr>
`;
  const heads = [
    'original',
    ...(made === 'unchanged' ? [] : [made]),
    ...(perturbed ? [`perturbation ×${factor}`] : []),
    'old label',
    'new label',
  ];
  return html`<section class="card grid"><h3>${setMarkup(title)}</h3><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${pairs.map(row)}</tbody>
</table></section>`;
}
