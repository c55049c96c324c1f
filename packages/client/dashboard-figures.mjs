/** Writes the names of the dashboard's figures, as the OpenAPI document has them, to src/generated. */
import { readFileSync, writeFileSync } from 'node:fs';

const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8'));
const names = Object.keys(paths).flatMap((path) => /^\/v1\/dashboard\/([\w-]+)$/.exec(path)?.[1] ?? []);
const text = `/** Figures of the dashboard, and its summary. */\nexport const dashboardFigures = ${JSON.stringify(names)} as const;\n`;
writeFileSync('src/generated/dashboard-figures.ts', text);
