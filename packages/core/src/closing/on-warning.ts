/**
 * Warnings of Node and of libraries (deprecations, mostly) go to `warned`, each once, and no more to stderr, where they
 * would stand between the lines of a log or tear a live view.
 */
export function onWarning(warned: (warning: Error) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', warned);
}
