import pg from 'pg';
import { describeDriver } from './conformance.js';

describeDriver('Postgres', async (databaseUrl) => ({
  connection: { driver: 'postgres', url: databaseUrl },
  loseAll: async () => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('DELETE FROM bullmq.job');
    await client.end();
  },
}));
