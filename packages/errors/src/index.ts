export { type ErrorCode, errorCodes, errorRegistry } from './registry.js';
export {
  type ErrorDetail,
  type SerializedError,
  ToogitError,
  type ToogitErrorOptions,
} from './toogit-error.js';
export { withoutKeys } from './without-keys.js';
