/** What `read` gave at most `forMs` ago; calls that come meanwhile share one answer. A failure is not remembered. */
export function rememberedFor<T>(forMs: number, read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | null = null;
  return () => {
    if (last !== null && Date.now() - last.at < forMs) return last.answer;
    const answer = read();
    last = { at: Date.now(), answer };
    answer.catch(() => {
      last = null;
    });
    return answer;
  };
}
