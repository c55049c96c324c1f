-- The next so many experiments of a project that have ready jobs, by urgency (the negated priority), then age. A skip
-- scan: as many steps as experiments, however many jobs they have. Functions keep the plan of their first calls, which
-- come when tables are empty and all plans cost the same: walking an index in its order is right at every size.
CREATE OR REPLACE FUNCTION "waiting_experiments"(project TEXT, class "resource_class", after_urgency INTEGER, after_number BIGINT,
    how_many INTEGER)
RETURNS TABLE (urgency INTEGER, number BIGINT)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
BEGIN
    FOR n IN 1 .. how_many LOOP
        SELECT -j."priority", j."wanted_by" INTO after_urgency, after_number FROM "jobs" j
        WHERE j."state" = 'ready' AND j."wanted_by" IS NOT NULL AND j."resource" = class AND j."project_id" = project
            AND (-j."priority", j."wanted_by") > (after_urgency, after_number)
        ORDER BY -j."priority", j."wanted_by" LIMIT 1;
        EXIT WHEN NOT FOUND;
        RETURN QUERY SELECT after_urgency, after_number;
    END LOOP;
END $$;
