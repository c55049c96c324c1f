-- JSONB sorts keys; a spec is given back in the order in which it was written.
ALTER TABLE "experiments" ALTER COLUMN "spec" SET DATA TYPE JSON;
