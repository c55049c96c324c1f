"""What Schemathesis needs beside the document."""

import os

import schemathesis

OWN_KEYS = os.environ["TOOGIT_FUZZ_KEYS"].split(",")


@schemathesis.hook
def before_call(context, case, kwargs):
    """The keys that the requests themselves carry must live on."""
    if case.path_parameters and case.path_parameters.get("id") in OWN_KEYS:
        case.path_parameters["id"] = "0" * 16


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Schemathesis 4.32 cannot read a tuple within a tuple: where all parts are equal, a list means the same."""
    rewrite(raw_schema)


def rewrite(schema):
    if isinstance(schema, list):
        for each in schema:
            rewrite(each)
    if not isinstance(schema, dict):
        return
    parts = schema.get("prefixItems")
    if isinstance(parts, list) and all(part == parts[0] for part in parts):
        schema["items"] = parts[0]
        del schema["prefixItems"]
    for each in schema.values():
        rewrite(each)
