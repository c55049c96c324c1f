import { formatDuration } from '../format.js';
import { transferView } from '../progress/transfer-view.js';
import type { CommandContext } from './context.js';

/** `toogit engine install`: TensorFlow into the cache; quick when it is there. */
export async function engineInstall(context: CommandContext, options: { cuda: boolean }): Promise<void> {
  const { terminal, json } = context;
  const { directory, seconds } = await ensureEngine(context, options);
  if (json) terminal.out(JSON.stringify({ directory, cuda: options.cuda, seconds }));
  else terminal.out(`TensorFlow is in ${directory}`);
}

/** Installs the engine if it is missing, showing the download. @throws ENGINE_* */
export async function ensureEngine(
  { terminal, signal }: CommandContext,
  { cuda }: { cuda: boolean },
): Promise<{ directory: string; seconds: number }> {
  const { installTensorFlow, TENSORFLOW_VERSION } = await import('@toogit/engine');
  const startedAt = performance.now();
  const view = transferView(terminal);
  let downloaded = false;
  try {
    const { directory } = await installTensorFlow({
      cuda,
      signal,
      onProgress: (transfer) => {
        if (!downloaded)
          terminal.err(`downloading TensorFlow ${TENSORFLOW_VERSION}${cuda ? ' for CUDA' : ''}`);
        downloaded = true;
        view.update(transfer);
      },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    view.close();
    if (downloaded) terminal.err(`TensorFlow installed in ${formatDuration(seconds)}`);
    return { directory, seconds };
  } catch (error) {
    view.close();
    throw error;
  }
}
