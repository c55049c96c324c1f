export { type ExampleGrid, type ExamplePair, encodePng, pngDataUrl } from './image-grid.js';
export { renderHtml } from './render-html.js';
export { renderTable } from './render-table.js';
export type { ReportContent, ReportFigures } from './report-content.js';
