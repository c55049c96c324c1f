import { createHmac } from 'node:crypto';

/** `whsec_` and the base64 of a key of 24 to 64 bytes. */
export const secretPattern = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The headers of Standard Webhooks 1.0 (docs/webhooks.md): the signature is `v1,<base64>`, HMAC-SHA256 of
 * `<id>.<seconds>.<body>`.
 */
export function signatureHeaders(secret: string, id: string, body: string, at: Date): Record<string, string> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const seconds = Math.floor(at.getTime() / 1000);
  const v1 = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${v1}` };
}
