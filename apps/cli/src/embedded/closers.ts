/** What must be closed, last opened first. One that fails doesn't keep the others open. */
export class Closers {
  #stack: (() => Promise<void>)[] = [];
  #closing: Promise<void> | null = null;

  add(close: () => Promise<void>): void {
    this.#stack.push(close);
  }

  /** Called again while closing, it waits for the same end. @throws AggregateError of what failed */
  closeAll(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#stack.pop(); close !== undefined; close = this.#stack.pop()) {
      await close().catch((error) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
  }
}
