export { startContainer, useContainers } from './containers.js';
export { freePort } from './free-port.js';
export { experimentOfJobs, importSynthetic, plannedJob } from './job-graphs.js';
export { type RedisOptions, startRedis } from './redis.js';
export { requireService } from './required.js';
export { type Certificate, type S3Options, startS3, type TestS3 } from './s3.js';
export { storeSyntheticDataset } from './synthetic-dataset.js';
export { createTestDatabase, startPostgres, type TestService } from './test-database.js';
export { waitFor } from './wait-for.js';
