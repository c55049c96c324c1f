-- CreateTable
CREATE TABLE "condemned_blobs" (
    "digest" TEXT NOT NULL,
    "condemned_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "condemned_blobs_pkey" PRIMARY KEY ("digest")
);

-- Written by hand: what keeps garbage collection and the recording of results apart (docs/artifacts.md).

-- 0x626c6f62 is `blob` in ASCII. Whoever brings a reference to a job or a blob into the world holds the lock shared
-- until it commits; garbage collection decides under the exclusive one. Statement triggers fire before any row is
-- looked at, and for INSERT ... ON CONFLICT DO NOTHING too.
CREATE FUNCTION "hold_references"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1651273570);
    RETURN NULL;
END $$;

CREATE TRIGGER "experiments_hold_references" BEFORE INSERT ON "experiments" FOR EACH STATEMENT
    EXECUTE FUNCTION "hold_references"();

CREATE TRIGGER "artifacts_hold_references" BEFORE INSERT ON "artifacts" FOR EACH STATEMENT
    EXECUTE FUNCTION "hold_references"();

-- A result may not refer to a blob that was condemned, unless the attempt began after the blob was gone: then whatever
-- it stored or found is newer.
CREATE FUNCTION "refuse_condemned"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost TEXT;
BEGIN
    SELECT digest INTO lost FROM condemned_blobs
    WHERE (deleted_at IS NULL OR NEW.started_at <= deleted_at)
        AND (digest = NEW.artifact_digest
            OR digest IN (SELECT sha256 FROM artifact_parts WHERE artifact_digest = NEW.artifact_digest))
    LIMIT 1;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'blob % was collected as garbage while the job ran', lost
            USING ERRCODE = 'TG001', DETAIL = lost;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER "jobs_refuse_condemned" BEFORE UPDATE OF "state" ON "jobs" FOR EACH ROW
    WHEN (NEW.state = 'succeeded' AND OLD.state <> 'succeeded')
    EXECUTE FUNCTION "refuse_condemned"();
