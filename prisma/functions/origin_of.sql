-- Scheme, host and port of a URL.
CREATE OR REPLACE FUNCTION "origin_of"(url TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(substring(url FROM '^[^/]*//[^/?#]*'))
$$;
