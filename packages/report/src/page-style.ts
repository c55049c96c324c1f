import { cssVariables } from './themes.js';

/** The report page's style sheet. Light and dark follow the reader's system. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  ${cssVariables('light')}
}
@media (prefers-color-scheme: dark) {
  :root { ${cssVariables('dark')} }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 62rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 2rem); }
h1, h2 { font-family: ui-serif, "Iowan Old Style", Palatino, Georgia, "Liberation Serif", serif; font-weight: 600; line-height: 1.15; text-wrap: balance; }
h1 { font-size: clamp(1.9rem, 5vw, 3rem); margin: 0.3rem 0 1rem; letter-spacing: -0.01em; }
h2 { font-size: 1.35rem; margin: 3rem 0 0.8rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 0.5rem; }
sub { font-size: 0.7em; line-height: 0; }
.kicker { color: var(--muted); margin: 0; font-size: 0.9rem; }
.lead { font-size: 1.15rem; max-width: 44rem; margin: 0 0 0.8rem; text-wrap: pretty; }
.finding { max-width: 44rem; margin: 0 0 0.6rem; text-wrap: pretty; }
.note { color: var(--muted); max-width: 44rem; margin: 0.6rem 0 0; font-size: 0.95rem; text-wrap: pretty; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
figure { margin: 1.2rem 0 1.2rem; padding: clamp(0.6rem, 2.5vw, 1.5rem); }
figure > svg { display: block; width: 100%; height: auto; max-width: 46rem; margin: 0 auto; overflow: visible; }
ul.warnings { max-width: 44rem; margin: 0.8rem 0; padding: 0.6rem 0.8rem 0.6rem 1.8rem; border-left: 3px solid var(--paper-mark); background: var(--card); font-size: 0.92rem; }
figcaption { color: var(--muted); font-size: 0.88rem; max-width: 46rem; margin: 0.8rem auto 0; text-wrap: pretty; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.5rem 0.75rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th.name, td.name { text-align: left; white-space: normal; }
thead th { color: var(--muted); font-weight: 500; font-size: 0.85rem; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 600; }
tr.chance > * { color: var(--muted); font-weight: 400; }
dl { display: grid; grid-template-columns: 1fr auto; gap: 0.25rem 1rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; text-align: right; }
.grids { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; align-items: start; }
.grid th, .grid td { padding: 0.35rem 0.25rem; text-align: center; border: 0; white-space: normal; line-height: 1.25; }
.grid { padding: 1rem clamp(0.3rem, 1.5vw, 1rem); }
.grid h3 { margin: 0 0 0.4rem 0.4rem; font-size: 1rem; }
.grid table { table-layout: fixed; font-size: 0.88rem; }
.grid th:nth-child(-n+3) { width: 17%; }
.grid thead th { font-size: 0.8rem; vertical-align: bottom; }
.grid .old, .grid .new { overflow-wrap: break-word; font-size: clamp(0.72rem, 3vw, 0.88rem); }
.grid .new { color: var(--accent); font-weight: 600; }
img { image-rendering: pixelated; display: block; width: 100%; max-width: 6rem; aspect-ratio: 1; margin: 0 auto; border-radius: 4px; background: var(--line); }
footer { margin-top: 3.5rem; padding-top: 1.2rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.85rem; }
footer dl { grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1.2rem; }
footer dd { text-align: left; overflow-wrap: anywhere; }
code { font: 0.92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
summary { cursor: pointer; margin-top: 0.7rem; }
details dl, details .card { margin-top: 0.5rem; }
.grids + * { margin-top: 1rem; }
@media (max-width: 45rem) {
  .scroll table, .scroll tbody, .scroll tr, .scroll th[scope="row"], .scroll td { display: block; }
  .scroll thead { display: none; }
  .scroll tr { padding: 0.5rem 0.9rem; border-bottom: 1px solid var(--line); }
  .scroll tbody tr:last-child { border-bottom: 0; }
  .scroll th[scope="row"], .scroll td { display: flex; justify-content: space-between; gap: 1rem; padding: 0.12rem 0; border: 0; text-align: right; white-space: normal; }
  .scroll th[scope="row"]::before, .scroll td::before { content: attr(data-column); color: var(--muted); font-weight: 400; text-align: left; white-space: nowrap; }
  .scroll td:empty { display: none; }
}
`;
