import type { Figure, Warning } from '@toogit/catalogue';

/** What the rows of a figure warn of, each once, `path` being the rows' label. */
export function figureWarnings(figure: Figure): Warning[] {
  const found = new Map<string, Warning>();
  for (const row of figure.rows) {
    for (const each of 'warnings' in row ? row.warnings : [])
      found.set(`${each.path}\n${each.message}`, each);
  }
  return [...found.values()];
}
