export { Closers } from './closers.js';
export { onWarning } from './on-warning.js';
export { runProcess } from './run-process.js';
export { within } from './within.js';
