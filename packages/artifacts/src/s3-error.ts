import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorCode, ToogitError } from '@toogit/core';

/** By the error's name (S3) or code (Node), what has to be mended. Whatever else it is may pass by itself. */
const codes = new Map<string, ErrorCode>([
  ['AccessDenied', 'STORAGE_DENIED'],
  ['InvalidAccessKeyId', 'STORAGE_DENIED'],
  // What versitygw calls an unknown key.
  ['XAdminUserNotFound', 'STORAGE_DENIED'],
  ['SignatureDoesNotMatch', 'STORAGE_DENIED'],
  ['ExpiredToken', 'STORAGE_DENIED'],
  ['InvalidToken', 'STORAGE_DENIED'],
  ['CredentialsProviderError', 'STORAGE_DENIED'],
  ['Forbidden', 'STORAGE_DENIED'],
  ['403', 'STORAGE_DENIED'],
  ['XMinioStorageFull', 'STORAGE_FULL'],
  ['QuotaExceeded', 'STORAGE_FULL'],
  ['InsufficientStorage', 'STORAGE_FULL'],
  ['507', 'STORAGE_FULL'],
  ['NoSuchBucket', 'STORAGE_BUCKET_MISSING'],
  ['PermanentRedirect', 'STORAGE_BUCKET_MISSING'],
  ['AuthorizationHeaderMalformed', 'STORAGE_BUCKET_MISSING'],
  ['RequestTimeTooSkewed', 'STORAGE_CLOCK_SKEW'],
  ['RequestExpired', 'STORAGE_CLOCK_SKEW'],
  ['RequestInTheFuture', 'STORAGE_CLOCK_SKEW'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'STORAGE_UNTRUSTED'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'STORAGE_UNTRUSTED'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'STORAGE_UNTRUSTED'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'STORAGE_UNTRUSTED'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'STORAGE_UNTRUSTED'],
  ['CERT_HAS_EXPIRED', 'STORAGE_UNTRUSTED'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'STORAGE_UNTRUSTED'],
]);

/** `place` names the bucket and its host. */
export function s3Error(error: unknown, place: string): ToogitError {
  const { name, code } = named(error);
  const denied = [401, 403].includes(httpStatus(error) ?? 0) ? 'STORAGE_DENIED' : 'STORAGE_UNAVAILABLE';
  const known = codes.get(code) ?? codes.get(name) ?? denied;
  const reason = error instanceof Error ? error.message || code || name : String(error);
  const message = reason.includes(name) || name === 'Error' ? reason : `${name}: ${reason}`;
  return new ToogitError(known, `${place}: ${message}`, { cause: error });
}

/** Whether a request for an object failed because there is none. */
export function isNoSuchKey(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(named(error).name);
}

/** Whether the service found that the bytes sent are not those announced. */
export function isDigestMismatch(error: unknown): boolean {
  return ['XAmzContentSHA256Mismatch', 'BadDigest', 'InvalidDigest', 'InvalidRequest'].includes(
    named(error).name,
  );
}

export function httpStatus(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function named(error: unknown): { name: string; code: string } {
  if (!(error instanceof Error)) return { name: '', code: '' };
  return { name: error.name, code: 'code' in error ? String(error.code) : '' };
}
