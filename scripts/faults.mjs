/**
 * `npm run faults -- --seeds N`: a running experiment under seeded schedules of faults. Prepares the workspace and the
 * engine, then hands over to faults/ (`npm run faults -- --help` lists its options).
 */
import { interruptChildren, openly } from './phases.mjs';
import { prepareWorkspace, provisionEngine } from './workspace.mjs';

// It stops what it has started; we wait for that.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interruptChildren(signal));

await prepareWorkspace({ logs: 'out/faults' });
await provisionEngine();
const { status } = await openly(process.execPath, ['faults/dist/main.js', ...process.argv.slice(2)]);
process.exitCode = status === 'exit code 0' ? 0 : 1;
