-- The blobs of live checkpoints are known and counted, and those of superseded ones are deleted soon (docs/artifacts.md).

-- CreateTable
CREATE TABLE "checkpoint_blobs" (
    "job_key" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "checkpoint_blobs_pkey" PRIMARY KEY ("job_key","digest")
);

-- CreateTable
CREATE TABLE "released_blobs" (
    "digest" TEXT NOT NULL,

    CONSTRAINT "released_blobs_pkey" PRIMARY KEY ("digest")
);

-- CreateIndex
CREATE INDEX "checkpoint_blobs_digest_idx" ON "checkpoint_blobs"("digest");

-- AddForeignKey
ALTER TABLE "checkpoint_blobs" ADD CONSTRAINT "checkpoint_blobs_job_key_fkey" FOREIGN KEY ("job_key") REFERENCES "jobs"("key") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on.

CREATE INDEX "jobs_checkpoint" ON "jobs" ("checkpoint_digest") WHERE "checkpoint_digest" IS NOT NULL;

-- Whatever ends a reference, the blob is noted: superseded, the job succeeded, the job was removed.
CREATE FUNCTION "release_blob"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "released_blobs" ("digest") VALUES (OLD."digest") ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER "checkpoint_blobs_release" AFTER DELETE ON "checkpoint_blobs" FOR EACH ROW
    EXECUTE FUNCTION "release_blob"();

CREATE FUNCTION "forget_checkpoint"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "checkpoint_blobs" WHERE "job_key" = NEW."key";
    RETURN NULL;
END $$;

CREATE TRIGGER "jobs_forget_checkpoint" AFTER UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."checkpoint_digest" IS NOT NULL AND NEW."checkpoint_digest" IS NULL)
    EXECUTE FUNCTION "forget_checkpoint"();

-- A new checkpoint is a reference like a result (migration `storage`).
CREATE TRIGGER "checkpoint_blobs_hold_references" BEFORE INSERT ON "checkpoint_blobs" FOR EACH STATEMENT
    EXECUTE FUNCTION "hold_references"();
