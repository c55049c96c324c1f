import { startConsumer } from '@toogit/dispatch';

await startConsumer({
  connection: JSON.parse(process.argv[2]),
  resources: ['tensor'],
  concurrency: 1,
  lockMs: 1_000,
  process: (delivery) => {
    process.send(delivery);
    return new Promise(() => {});
  },
});
