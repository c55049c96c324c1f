import { type ErrorDetail, ToogitError } from '@toogit/core';
import type { Webhook } from '@toogit/runs';
import { z } from 'zod';
import { type TrustedHosts, urlProblem } from './receiver-address.js';
import { secretPattern } from './signature.js';

/** The body of a submission is the spec and nothing else, so that it can be published; the webhook's address goes beside it. */
export const webhookHeaders = {
  'toogit-webhook-url': z
    .string()
    .max(2_000)
    .optional()
    .describe('Where to POST when the experiment ends (docs/webhooks.md): https, at a public address.'),
  'toogit-webhook-secret': z
    .string()
    .regex(secretPattern, 'must be whsec_ followed by the base64 of 24 to 64 bytes')
    .optional()
    .describe('Key of the signatures, `whsec_…` (docs/webhooks.md); required with toogit-webhook-url.'),
};

/** @throws REQUEST_INVALID */
export function readWebhook(
  headers: { [name in keyof typeof webhookHeaders]?: string | undefined },
  trusted: TrustedHosts,
): Webhook | null {
  const url = headers['toogit-webhook-url'];
  const secret = headers['toogit-webhook-secret'];
  if (url === undefined && secret === undefined) return null;
  if (url === undefined) throw refused('toogit-webhook-url', 'is required with toogit-webhook-secret');
  if (secret === undefined) throw refused('toogit-webhook-secret', 'is required with toogit-webhook-url');
  const problem = urlProblem(url, trusted);
  if (problem !== null) throw refused('toogit-webhook-url', problem);
  return { url: new URL(url).href, secret };
}

function refused(name: string, message: string): ToogitError {
  const detail: ErrorDetail = { path: `headers.${name}`, message };
  return new ToogitError('REQUEST_INVALID', `The request is not valid: ${detail.path}: ${message}`, {
    details: [detail],
  });
}
