-- What a claimed job works on. Volatile, so that it sees everything that `claim_jobs` saw: that function, called in the
-- same statement, may claim a job whose last input was made after the statement had begun.
CREATE FUNCTION "inputs_of"(claimed TEXT) RETURNS JSONB LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object('role', edge."role", 'value', input."artifact_digest")
            ORDER BY edge."role", edge."position"), '[]')
        FROM "job_edges" edge JOIN "jobs" input ON input."key" = edge."depends_on"
        WHERE edge."job_key" = claimed);
END $$;
