import { html, type Markup } from './markup.js';
import { setName } from './wording.js';

/** `D_det` with its index set low. */
export function setMarkup(name: string): Markup {
  const shown = setName(name);
  const index = /^D_(\w+)$/.exec(shown)?.[1];
  return index === undefined ? html`${shown}` : html`D<sub>${index}</sub>`;
}

/** A text in which D_det and D_rand are set as such, and no number stands apart from its per cent sign. */
export function withSets(text: string): Markup {
  const parts = text
    .replaceAll(' %', '\u00a0%')
    .split(/\b([Dd]_(?:det|rand|R|NR|robust|nonrobust|[a-z]{1,12}))\b/);
  return html`${parts.map((part, i) => (i % 2 === 1 ? setMarkup(part) : part))}`;
}
