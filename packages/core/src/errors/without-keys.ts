/**
 * API keys wherever they turn up, also cut off or with parts percent-encoded; none that are masked already. The id before
 * the secret may be seen.
 */
const apiKeys =
  /tgt(?:_|%5f)(?!(?:[0-9a-f]{16}_)?\[secret\])(?:([0-9a-f]{16})(?:_|%5f))?(?:[\w-]|%[0-9a-f]{2})+/gi;

/**
 * The text with every API key masked. For whatever leaves the process or stays: each line of a log, spans, bodies of
 * errors, the audit log. Whoever writes there need not know which of their fields a caller can put a key into.
 */
export function withoutKeys(text: string): string {
  return text.replace(apiKeys, (_, id?: string) =>
    id === undefined ? 'tgt_[secret]' : `tgt_${id}_[secret]`,
  );
}
