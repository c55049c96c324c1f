/**
 * `npm run bench -- attack|train [--json] …`: the engine against PyTorch. Prepares the workspace and the engine, then
 * hands over to bench/ (`npm run bench -- attack --help` lists its options).
 */
import { openly } from './phases.mjs';
import { prepareWorkspace, provisionEngine } from './workspace.mjs';

await prepareWorkspace({ logs: 'out/bench' });
await provisionEngine();
const { status } = await openly(process.execPath, ['bench/dist/main.js', ...process.argv.slice(2)]);
process.exitCode = status === 'exit code 0' ? 0 : 1;
