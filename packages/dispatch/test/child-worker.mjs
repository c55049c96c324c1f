import { startConsumer } from '@toogit/dispatch';
import { openRuns } from '@toogit/runs';

// Claims the job of its first delivery and never finishes it.
const url = process.argv[2];
const runs = openRuns(url);
await startConsumer({
  connection: { driver: 'postgres', url },
  resources: ['tensor'],
  concurrency: 1,
  process: async ({ jobKey }) => {
    await runs.claim(jobKey, 'killed');
    process.send(jobKey);
    await new Promise(() => {});
  },
});
