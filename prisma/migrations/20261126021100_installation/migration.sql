-- Names this database where its artifacts are kept, so that no other works on the same store (docs/artifacts.md).

-- CreateTable
CREATE TABLE "installation" (
    "id" UUID NOT NULL,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

INSERT INTO "installation" VALUES (gen_random_uuid());
