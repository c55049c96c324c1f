/** HTML or SVG that is safe to put into a page as it is. What XML 1.0 has no way to write is replaced by U+FFFD. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text.replaceAll(notXml, '\ufffd');
  }
}

/** Control characters, lone surrogates and noncharacters: no parser of XML reads them, escaped or not. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

type Part = Markup | string | number | null | Part[];

/** Tagged template for HTML: escapes whatever is put in, unless it is markup itself; null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((string, i) => string + textOf(parts[i] ?? null)).join(''));
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (Array.isArray(part)) return part.map(textOf).join('');
  return part instanceof Markup ? part.text : escapeHtml(String(part));
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
