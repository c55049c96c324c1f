import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

export interface Timing {
  /** Milliseconds a step. */
  wallMs: number;
  cpuMs: number;
}

/** A process that runs steps on command: a line of JSON in, a line of JSON out. */
export class Contestant {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly reader: Interface,
  ) {}

  /** Starts it and waits until it has loaded its weights. */
  static async start(
    name: string,
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv,
  ): Promise<Contestant> {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const contestant = new Contestant(name, child, reader[Symbol.asyncIterator](), reader);
    await contestant.answer();
    return contestant;
  }

  /** Writes what one step gives to `path` (safetensors). */
  async check(path: string): Promise<void> {
    await this.ask({ check: path });
  }

  async run(steps: number): Promise<Timing> {
    return (await this.ask({ steps })) as Timing;
  }

  async ask(command: object): Promise<unknown> {
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
    return this.answer();
  }

  async close(): Promise<void> {
    this.reader.close();
    if (this.child.exitCode !== null) return;
    this.child.kill();
    await once(this.child, 'exit');
  }

  private async answer(): Promise<unknown> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} ended before it answered`);
    return JSON.parse(value);
  }
}
