-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "project_id" TEXT,
ADD COLUMN     "receiver" TEXT;

-- Written by hand: scheme, host and port of a URL.
CREATE FUNCTION "origin_of"(url TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(substring(url FROM '^[^/]*//[^/?#]*'))
$$;

UPDATE "webhook_deliveries" d SET "project_id" = e."project_id", "receiver" = coalesce("origin_of"(w."url"), w."url")
FROM "experiments" e, "webhooks" w WHERE e."id" = d."experiment_id" AND w."experiment_id" = d."experiment_id";

-- AlterTable
ALTER TABLE "webhook_deliveries" ALTER COLUMN "project_id" SET NOT NULL,
ALTER COLUMN "receiver" SET NOT NULL;

-- CreateIndex
CREATE INDEX "webhook_deliveries_project_id_next_try_at_idx" ON "webhook_deliveries"("project_id", "next_try_at");

CREATE OR REPLACE FUNCTION "deliver_webhook"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "webhook_deliveries" ("experiment_id", "project_id", "receiver", "state", "ended_at")
    SELECT NEW."id", NEW."project_id", coalesce("origin_of"("url"), "url"), NEW."state", now()
    FROM "webhooks" WHERE "experiment_id" = NEW."id";
    RETURN NULL;
END $$;
