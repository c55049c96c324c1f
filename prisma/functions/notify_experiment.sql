-- As `notify_job`, for experiments: `experiment:<id>`.
CREATE OR REPLACE FUNCTION "notify_experiment"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('toogit', 'experiment:' || NEW."id");
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER "experiments_notify_insert" AFTER INSERT ON "experiments" FOR EACH ROW
    EXECUTE FUNCTION "notify_experiment"();

CREATE OR REPLACE TRIGGER "experiments_notify_update" AFTER UPDATE ON "experiments" FOR EACH ROW
    WHEN (OLD."state" IS DISTINCT FROM NEW."state")
    EXECUTE FUNCTION "notify_experiment"();
