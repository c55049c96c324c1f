import { defineConfig } from 'prisma/config';

/** For developers who change the schema: `DATABASE_URL=… npx prisma migrate dev`. The services migrate themselves. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
});
