-- The inputs of a claimed job, with the jobs that made them: results name models by job key. `value` is the digest.
-- Volatile, so that it sees everything that `claim_jobs` saw: that function, called in the same statement, may claim a
-- job whose last input was made after the statement had begun.
CREATE OR REPLACE FUNCTION "inputs_of"(claimed TEXT) RETURNS JSONB LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                'role', edge."role", 'jobKey', edge."depends_on", 'value', input."artifact_digest")
            ORDER BY edge."role", edge."position"), '[]')
        FROM "job_edges" edge JOIN "jobs" input ON input."key" = edge."depends_on"
        WHERE edge."job_key" = claimed);
END $$;
