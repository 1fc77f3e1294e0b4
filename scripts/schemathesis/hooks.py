"""What schemathesis cannot know of this API from the spec's schemas alone.

Each of these has more checked; none takes a check away.
"""

import itertools
import re

import schemathesis

# How many requests there were, so that every run makes the same ones.
requests = itertools.count()


@schemathesis.hook
def before_load_schema(_context, spec):
    """Says two things of the spec in the words that the checks listen to.

    A token of the scheme `oauth2` is a bearer token: `ignored_auth` knows no other. A `null` in an optional field of a body
    reads as absent, and so it is valid; bodies are closed, answers are open.
    """
    spec["components"]["securitySchemes"]["oauth2"] = {"type": "http", "scheme": "bearer"}
    for schema in spec["components"]["schemas"].values():
        if schema.get("additionalProperties") is False:
            for name, field in schema.get("properties", {}).items():
                if name not in schema.get("required", []):
                    field["nullable"] = True


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """A key that was used for another body is a conflict: most requests take one of their own, every fourth what it has."""
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[\x21-\x7e]{1,255}", key) and (number := next(requests)) % 4:
        case.headers["Idempotency-Key"] = f"faithful_{number}"
