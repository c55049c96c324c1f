-- CreateTable
CREATE TABLE "audit_refusals" (
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "address" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,
    "key_id" TEXT,
    "action" TEXT NOT NULL,

    CONSTRAINT "audit_refusals_pkey" PRIMARY KEY ("minute","address","status")
);

-- Written by hand: secrets of API keys that earlier releases logged as targets. The one change the log ever sees.
ALTER TABLE "audit_log" DISABLE TRIGGER "audit_log_append_only";
UPDATE "audit_log" SET "target" = regexp_replace("target", 'tgt_(?!(?:[0-9a-f]{16}_)?\[secret\])([0-9a-f]{16}_)?[A-Za-z0-9_-]+', 'tgt_\1[secret]', 'g')
WHERE "target" LIKE '%tgt\_%';
ALTER TABLE "audit_log" ENABLE TRIGGER "audit_log_append_only";
