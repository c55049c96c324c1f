export { Closers } from './closing/closers.js';
export { onWarning } from './closing/on-warning.js';
export { runProcess } from './closing/run-process.js';
export { type ErrorCode, errorCodes, errorRegistry } from './errors/registry.js';
export {
  type ErrorDetail,
  type SerializedError,
  ToogitError,
  type ToogitErrorOptions,
} from './errors/toogit-error.js';
export { withoutKeys } from './errors/without-keys.js';
export { canonicalJson, type Json } from './json/canonical-json.js';
export { wilsonInterval } from './statistics/wilson-interval.js';
export { isPlainText, label } from './text/text.js';
export {
  distanceName,
  isSameSetting,
  isTyped,
  settingName,
  type TypedNumber,
  typedNumber,
} from './text/typed-number.js';
