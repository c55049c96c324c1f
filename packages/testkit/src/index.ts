export { freePort } from './free-port.js';
export { startRedis } from './redis.js';
export { requireService } from './required.js';
export { storeSyntheticDataset } from './synthetic-dataset.js';
export { createTestDatabase, startPostgres, type TestService } from './test-database.js';
export { waitFor } from './wait-for.js';
