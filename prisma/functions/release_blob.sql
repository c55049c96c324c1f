-- Notes the blob whatever ends the reference: superseded, the job succeeded, the job was removed.
CREATE OR REPLACE FUNCTION "release_blob"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "released_blobs" ("digest") VALUES (OLD."digest") ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "checkpoint_blobs_release" AFTER DELETE ON "checkpoint_blobs" FOR EACH ROW
    EXECUTE FUNCTION "release_blob"();
