"""The JSON schema of the settings, for editors: generated from the model, never written by hand.

`python -m stacks.settings_schema` prints it; `make fix` writes it to `stacks/settings.schema.json` and a test keeps
that file current.
"""

from __future__ import annotations

import json
import sys

from stacks.settings import Settings


def render() -> str:
    """Gives the schema as JSON text, keys in the order of the model, with a line break at the end."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Settings.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
