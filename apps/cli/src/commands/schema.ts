import { specJsonSchema } from '@toogit/spec';
import type { CommandContext } from './context.js';

/** Prints the JSON Schema of specs, by which editors complete and check keys. */
export async function schema({ terminal }: CommandContext): Promise<void> {
  terminal.out(JSON.stringify(specJsonSchema(), null, 2));
}
