-- Which contents of prisma/functions this database has had (CONTRIBUTING.md). From here on, migrations define no
-- functions and triggers: they only drop those that no file defines any more.

-- CreateTable
CREATE TABLE "sql_functions" (
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sql_functions_pkey" PRIMARY KEY ("name","sha256")
);
