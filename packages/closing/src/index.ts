export { Closers } from './closers.js';
export { runProcess } from './run-process.js';
export { within } from './within.js';
