/** `npm run docs`: writes the parts of docs/spec.md that follow from the definitions of the catalogue. */
import { readFileSync, writeFileSync } from 'node:fs';
import { prepareWorkspace } from './workspace.mjs';

const file = 'docs/spec.md';

await prepareWorkspace({ logs: 'out/docs' });
const { withReference } = await import('@toogit/catalogue');
writeFileSync(file, withReference(readFileSync(file, 'utf8')));
