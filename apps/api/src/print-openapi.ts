import { createApi } from './create-api.js';

/** Prints the OpenAPI document. The routes are only described, never called, so nothing stands behind them. */
const nothing = {} as never;
const app = await createApi({
  runs: nothing,
  dispatcher: nothing,
  blobs: nothing,
  access: { mode: 'keys' },
  logLevel: 'silent',
});
process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
