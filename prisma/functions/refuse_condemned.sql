-- A result may not refer to a blob that was condemned, unless the attempt began after the blob was gone: then whatever
-- it stored or found is newer.
CREATE OR REPLACE FUNCTION "refuse_condemned"() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE TRIGGER "jobs_refuse_condemned" BEFORE UPDATE OF "state" ON "jobs" FOR EACH ROW
    WHEN (NEW.state = 'succeeded' AND OLD.state <> 'succeeded')
    EXECUTE FUNCTION "refuse_condemned"();
