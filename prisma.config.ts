import { defineConfig } from 'prisma/config';

const { DATABASE_URL: url } = process.env;

/** For developers who change the schema: `DATABASE_URL=… npx prisma migrate dev`. The services migrate themselves. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
});
