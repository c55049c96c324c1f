/**
 * What `toogit up` forks: a worker that ends with its parent. A parent that was killed cannot send a message, but its IPC
 * channel closes: the worker then gives its job back and ends, or is ended.
 */
const graceMs = 8_000;

const endGroup = () => process.kill(-process.pid, 'SIGKILL');

function endWithParent(): void {
  // Before the worker handles SIGTERM there is nothing to end in order.
  if (process.listenerCount('SIGTERM') === 0) endGroup();
  // Whatever comes of it, no compute process outlives us.
  process.on('exit', endGroup);
  setTimeout(endGroup, graceMs).unref();
  process.kill(process.pid, 'SIGTERM');
}

process.on('disconnect', endWithParent);
if (!process.connected) endWithParent();

const main = process.argv[2];
if (main === undefined) throw new Error('worker-entry needs the module to run');
await import(main);
// The channel alone must not keep a stopped worker alive.
process.channel?.unref();
