/**
 * What `toogit up` forks: a worker that ends with its parent. A parent that was killed can't say goodbye, but its IPC
 * channel closes: the worker then gives its job back and ends, or is ended.
 */
const graceMs = 8_000;

process.on('disconnect', () => {
  setTimeout(() => process.kill(-process.pid, 'SIGKILL'), graceMs).unref();
  process.kill(process.pid, 'SIGTERM');
});

const main = process.argv[2];
if (main === undefined) throw new Error('worker-entry needs the module to run');
await import(main);
// The channel alone must not keep a stopped worker alive.
process.channel?.unref();
