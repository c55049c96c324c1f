-- AlterTable
ALTER TABLE "experiments" ADD COLUMN     "trace_parent" TEXT;

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "webhooks" (
    "experiment_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("experiment_id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "experiment_id" UUID NOT NULL,
    "state" "experiment_state" NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhook_deliveries_next_try_at_idx" ON "webhook_deliveries"("next_try_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_experiment_id_idx" ON "webhook_deliveries"("experiment_id");

-- CreateIndex
CREATE INDEX "experiments_state_idx" ON "experiments"("state");

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_experiment_id_fkey" FOREIGN KEY ("experiment_id") REFERENCES "experiments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand: since when a job has been in its state, whoever changes it.
CREATE FUNCTION "note_state_since"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."state_since" := now();
    RETURN NEW;
END $$;

CREATE TRIGGER "jobs_state_since" BEFORE UPDATE ON "jobs" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state")
    EXECUTE FUNCTION "note_state_since"();

-- Written by hand: the end of an experiment and the delivery that tells of it are one transaction, whoever ends it.
CREATE FUNCTION "deliver_webhook"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "webhook_deliveries" ("experiment_id", "state", "ended_at")
    SELECT NEW."id", NEW."state", now() FROM "webhooks" WHERE "experiment_id" = NEW."id";
    RETURN NULL;
END $$;

CREATE TRIGGER "experiments_webhook" AFTER UPDATE ON "experiments" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND NEW."state" <> 'running')
    EXECUTE FUNCTION "deliver_webhook"();
