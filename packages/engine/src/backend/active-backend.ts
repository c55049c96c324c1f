import type { NodeBackend } from './node-backend.js';

let backend: NodeBackend | undefined;

/** TensorFlow's backend once the engine runs on it; undefined before, and on the `js` device. */
export const activeBackend = (): NodeBackend | undefined => backend;

export function setActiveBackend(active: NodeBackend): void {
  backend = active;
}
