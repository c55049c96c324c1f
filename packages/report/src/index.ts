export type { SourceResult } from './figure-sources.js';
export type { FigureRecord, Pictures } from './figure-view.js';
export { figuresOf, headingOf } from './figures-of.js';
export { type ExampleGrid, type ExamplePair, encodePng, pngDataUrl } from './image-grid.js';
export { renderHtml } from './render-html.js';
export { renderTable } from './render-table.js';
export { type ReportContent, reportTitle } from './report-content.js';
