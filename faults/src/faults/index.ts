import type { FaultKind } from '../schedule.js';
import { deliverTwice } from './deliver-twice.js';
import type { Fault } from './fault.js';
import { flipByte } from './flip-byte.js';
import { flushRedis } from './flush-redis.js';
import { fullDisk } from './full-disk.js';
import { killApiInPost } from './kill-api-in-post.js';
import { killComputeChild } from './kill-compute-child.js';
import { killWorker } from './kill-worker.js';
import { killWorkerBeforeRow } from './kill-worker-before-row.js';
import { loseModel } from './lose-model.js';
import { pauseWorker } from './pause-worker.js';
import { postTwentyTimes } from './post-twenty-times.js';
import { postgresGoneThreeLeases } from './postgres-gone-three-leases.js';
import { redisGoneThenSigterm } from './redis-gone-then-sigterm.js';
import { restartPostgres } from './restart-postgres.js';
import { restartRedis } from './restart-redis.js';
import { truncateBlob } from './truncate-blob.js';
import {
  halfOpen,
  postgresGone,
  postgresSilent,
  redisGone,
  redisSilent,
  s3Cutting,
  s3Refusing,
  s3Silent,
  s3Slow,
} from './unreachable.js';

export type { Fault, FaultContext } from './fault.js';

export const faults: Record<FaultKind, Fault> = {
  'kill-worker': killWorker,
  'kill-compute-child': killComputeChild,
  'kill-api-in-post': killApiInPost,
  'pause-worker': pauseWorker,
  'flush-redis': flushRedis,
  'restart-redis': restartRedis,
  'redis-gone': redisGone,
  'restart-postgres': restartPostgres,
  'postgres-gone': postgresGone,
  's3-refusing': s3Refusing,
  's3-slow': s3Slow,
  's3-cutting': s3Cutting,
  'deliver-twice': deliverTwice,
  'flip-byte': flipByte,
  'post-twenty-times': postTwentyTimes,
  'postgres-gone-three-leases': postgresGoneThreeLeases,
  'redis-gone-then-sigterm': redisGoneThenSigterm,
  'half-open': halfOpen,
  'postgres-silent': postgresSilent,
  'redis-silent': redisSilent,
  's3-silent': s3Silent,
  'full-disk': fullDisk,
  'truncate-blob': truncateBlob,
  'kill-worker-before-row': killWorkerBeforeRow,
  'lose-model': loseModel,
};
