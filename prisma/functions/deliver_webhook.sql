-- The end of an experiment and the deliveries that report it are one transaction, whoever ends it.
CREATE OR REPLACE FUNCTION "deliver_webhook"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "webhook_deliveries" ("experiment_id", "project_id", "receiver", "state", "ended_at")
    SELECT NEW."id", NEW."project_id", coalesce("origin_of"("url"), "url"), NEW."state", now()
    FROM "webhooks" WHERE "experiment_id" = NEW."id";
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "experiments_webhook" AFTER UPDATE ON "experiments" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND NEW."state" <> 'running')
    EXECUTE FUNCTION "deliver_webhook"();
