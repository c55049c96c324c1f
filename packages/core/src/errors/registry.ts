/**
 * Every error a person or a program can meet, in one place. A code never changes its meaning; `next` is what to do.
 * `status` is the HTTP status the API answers with; `retryable` is whether the same job may succeed if tried again.
 */
export const errorRegistry = {
  // what people send
  SPEC_INVALID: {
    status: 400,
    retryable: false,
    next: 'Correct the keys named in details; docs/spec.md lists every key.',
  },
  SPEC_SYNTAX: { status: 400, retryable: false, next: 'Check the JSON or YAML syntax at the line named.' },
  SPEC_TOO_LARGE: {
    status: 400,
    retryable: false,
    next: 'Use a preset or a matrix instead of a long list of steps.',
  },
  CURSOR_INVALID: {
    status: 400,
    retryable: false,
    next: 'Begin the list again without a cursor, and go on with `nextCursor` as it was given.',
  },
  ID_AMBIGUOUS: {
    status: 400,
    retryable: false,
    next: 'Give more of the id; details list those that begin so.',
  },
  PLAN_TOO_COSTLY: {
    status: 400,
    retryable: false,
    next: 'Split the experiment, sweep over less, or raise blockSize.',
  },
  REQUEST_INVALID: { status: 400, retryable: false, next: 'Compare the request with /openapi.json.' },
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    next: 'Send a valid API key as `Authorization: Bearer tgt_…`; the client and `toogit` take it from TOOGIT_API_KEY.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    next: 'Use a key with the scope or project that the message names.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    retryable: false,
    next: 'Use http://127.0.0.1 on this machine, or run the service with API keys (docs/access.md).',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    next: 'Wait for the seconds of Retry-After, then go on slower.',
  },
  QUOTA_EXCEEDED: {
    status: 429,
    retryable: true,
    next: 'Wait until experiments of the project have ended, or ask an administrator for more.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    next: 'Check the id; the list of its kind shows what there is.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    next: 'Use one of the methods that the header Allow names.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    retryable: false,
    next: 'Send content-type application/json, or application/yaml where a spec is submitted.',
  },
  CONFLICT: { status: 409, retryable: false, next: 'Read the current state and decide again.' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    retryable: false,
    next: 'Send a new Idempotency-Key for a different spec.',
  },
  CONFIG_INVALID: {
    status: 500,
    retryable: false,
    next: 'Correct the environment variables named in details.',
  },
  // engine
  ENGINE_MISSING: { status: 500, retryable: false, next: 'Run `toogit engine install`.' },
  ENGINE_INSTALL_FAILED: {
    status: 500,
    retryable: true,
    next: 'Run `toogit engine install` again; it resumes.',
  },
  ENGINE_DIGEST_MISMATCH: {
    status: 500,
    retryable: false,
    next: 'The download is not what was published; check your package index or proxy, then install again.',
  },
  ENGINE_DISK_FULL: {
    status: 500,
    retryable: false,
    next: 'Free disk space in the cache directory or set TOOGIT_CACHE_DIR, then install again.',
  },
  ENGINE_OFFLINE: {
    status: 500,
    retryable: true,
    next: 'Check the route to the package index (pip config, proxy), then install again.',
  },
  ENGINE_UNSUPPORTED_PLATFORM: {
    status: 500,
    retryable: false,
    next: 'Use Linux on x86_64 or arm64, or opt in to the slow fallback with TOOGIT_DEVICE=js.',
  },
  ENGINE_OP_FAILED: {
    status: 500,
    retryable: false,
    next: 'TensorFlow refused an operation; the message names it. This is a defect: please report it.',
  },
  TRACE_UNSUPPORTED: {
    status: 500,
    retryable: false,
    next: 'Make the traced function independent of tensor values, or run it eagerly.',
  },
  OUT_OF_MEMORY: {
    status: 500,
    retryable: true,
    next: 'Use a smaller batchSize or width, or a worker with more memory.',
  },
  // data sets
  DATASET_UNAVAILABLE: {
    status: 500,
    retryable: true,
    next: 'Check the route to the data set, or put its archive at the path in the message.',
  },
  DATASET_DIGEST_MISMATCH: {
    status: 500,
    retryable: false,
    next: 'The archive is not the published data set; remove it and import again.',
  },
  DATASET_DIRECTORY_MISSING: {
    status: 500,
    retryable: false,
    next: 'Set TOOGIT_RESTRICTED_IMAGENET_DIR on every worker to a directory with train/ and val/, then retry the experiment.',
  },
  DATASET_TOO_SMALL: {
    status: 500,
    retryable: false,
    next: 'Ask for fewer examples, or complete the directory and retry the experiment.',
  },
  DATASET_IMAGE_INVALID: {
    status: 500,
    retryable: false,
    next: 'Replace the file that the message names, then retry the experiment.',
  },
  // artifacts
  ARTIFACT_MISSING: {
    status: 404,
    retryable: true,
    next: 'If an experiment still needs it, the job that made it runs again; else submit that experiment again.',
  },
  ARTIFACT_CORRUPT: {
    status: 500,
    retryable: true,
    next: 'Fetch it again. If the store holds other bytes they are set aside, and the job that made them runs again if an experiment still needs it; else submit that experiment again.',
  },
  ARTIFACT_INVALID: {
    status: 500,
    retryable: false,
    next: 'The bytes are not a manifest or safetensors file of this version; check which program wrote them.',
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    next: 'Check the storage endpoint; work goes on when it answers.',
  },
  STORAGE_FULL: {
    status: 503,
    retryable: true,
    next: 'Free space where blobs are kept (toogit gc removes what nothing refers to), or enlarge it; work goes on by itself.',
  },
  STORAGE_FOREIGN: {
    status: 503,
    retryable: false,
    next: 'Give each database a bucket, a directory or an S3_PREFIX of its own. If the other one is gone for good, delete `installation` in the store.',
  },
  STORAGE_DENIED: {
    status: 503,
    retryable: true,
    next: 'Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY (or the role of this machine) and what they may do with the bucket.',
  },
  STORAGE_BUCKET_MISSING: {
    status: 503,
    retryable: true,
    next: 'Create the bucket, or correct S3_BUCKET, S3_REGION and S3_ENDPOINT.',
  },
  STORAGE_READ_ONLY: {
    status: 503,
    retryable: true,
    next: 'Allow PutObject and DeleteObject on the bucket for these credentials.',
  },
  STORAGE_CLOCK_SKEW: {
    status: 503,
    retryable: true,
    next: 'Set the clock of this machine (NTP); S3 refuses requests that are 15 minutes off.',
  },
  STORAGE_UNTRUSTED: {
    status: 503,
    retryable: true,
    next: 'Point S3_CA_FILE to the certificate authority that signed the certificate of S3_ENDPOINT.',
  },
  // jobs and workers
  JOB_FENCED: {
    status: 409,
    retryable: false,
    next: 'Nothing to do: a newer attempt owns this job, or it has ended.',
  },
  JOB_TOO_LONG: {
    status: 500,
    retryable: false,
    next: "Give it less to do, such as fewer epochs, or have TOOGIT_MAX_JOB_MS or the project's maxJobDurationMs raised.",
  },
  JOB_CANCELLED: { status: 409, retryable: false, next: 'Submit the experiment again, or retry it.' },
  JOB_RESULT_INVALID: {
    status: 500,
    retryable: false,
    next: 'The handler returned what its kind does not allow. This is a defect: please report it.',
  },
  COMPUTE_CRASHED: {
    status: 500,
    retryable: true,
    next: 'Read the end of its log. While attempts are left the job is tried again, from its last checkpoint if it has one; then retry it by hand.',
  },
  TRAINING_DIVERGED: {
    status: 500,
    retryable: false,
    next: 'Lower learningRate (or weightDecay), or warm up with schedule: { kind: linear }; precision: float32 if it was bfloat16.',
  },
  VALUE_NOT_FINITE: {
    status: 500,
    retryable: false,
    next: 'A model of the experiment overflows: train it with a lower learningRate or weightDecay, or in float32.',
  },
  WORKER_NAME_TAKEN: {
    status: 409,
    retryable: false,
    next: 'Give each worker a TOOGIT_WORKER_NAME of its own; the name of one that was killed is free again after 30 s.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    next: 'Check DATABASE_URL and the server; work goes on when it answers.',
  },
  DATABASE_MIGRATION: {
    status: 500,
    retryable: false,
    next: 'Run `migrate` of this release (docs/operations.md, "Upgrades"), or repair the migration or function that the message names; then start again.',
  },
  QUEUE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    next: 'Check REDIS_URL and the server; nothing is lost meanwhile.',
  },
  QUEUE_UNSAFE: {
    status: 500,
    retryable: false,
    next: 'Mend the settings of Redis that the message names, then start again.',
  },
  // command line
  FILE_UNREADABLE: {
    status: 400,
    retryable: false,
    next: 'Check the path and its permissions.',
  },
  FILE_UNWRITABLE: {
    status: 400,
    retryable: false,
    next: 'Choose a place that can be written, or make room there.',
  },
  SERVICE_UNTRUSTED: {
    status: 502,
    retryable: false,
    next: 'Check that --url or TOOGIT_URL names a service that you trust; nothing was written outside the target directory.',
  },
  USAGE_INVALID: { status: 400, retryable: false, next: 'Run the command with --help.' },
  STATE_DIR_IN_USE: {
    status: 500,
    retryable: false,
    next: 'Stop the other `toogit up`, or choose another --state-dir.',
  },
  STATE_DIR_IDLE: {
    status: 400,
    retryable: false,
    next: 'Start `toogit up` in this directory or name its --state-dir; for a service on several machines, set the environment of its processes.',
  },
  API_UNREACHABLE: {
    status: 503,
    retryable: true,
    next: 'Start the service with `toogit up`, or set TOOGIT_URL.',
  },
  INTERNAL: {
    status: 500,
    retryable: false,
    next: 'This is a defect: please report it with the log around it.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; next: string }>;

export type ErrorCode = keyof typeof errorRegistry;

export const errorCodes = Object.keys(errorRegistry) as ErrorCode[];
