/**
 * Calls `action` every `intervalMs`, never two at a time, until stopped; `stop` resolves when none is under way. A
 * failed call is reported, and the next one comes in its time.
 */
export function repeat(
  intervalMs: number,
  action: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= action()
      .catch(onError)
      .finally(() => {
        running = null;
      });
  }, intervalMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
