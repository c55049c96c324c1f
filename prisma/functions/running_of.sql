-- How many jobs of a project are running; null counts all resource classes.
CREATE OR REPLACE FUNCTION "running_of"(project TEXT, class "resource_class") RETURNS BIGINT LANGUAGE sql AS $$
    SELECT count(*) FROM "jobs"
    WHERE "state" = 'running' AND "project_id" = project AND (class IS NULL OR "resource" = class)
$$;
