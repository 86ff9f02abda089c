"""What brings the gateway's database up to date before a new task starts.

Takes the callbacks that LiteLLM shall have no more; gives the command, for LiteLLM's image with DATABASE_URL in its
environment. It may run any number of times. Pure.

With every write of router settings 1.81.12 puts the callbacks of its `litellm.yaml` into the database, takes them from
there again 30 s after each start, and has no call that removes one (measured; ADR 0019). While the job runs, the old
tasks have it still; whoever writes router settings through one of them before it ends puts it back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

# Schema and migrations lie in a Python package of the image; find_spec finds it without importing it.
_IN_THE_PACKAGE = (
    'dir=$(python3 -c "import importlib.util as u; '
    "print(u.find_spec('litellm_proxy_extras').submodule_search_locations[0])\") "
    '&& cd "$dir" && '
)
_DEPLOY = 'prisma migrate deploy --schema "$dir/schema.prisma"'
_SQL_FILE = 'sql=$(mktemp) && printf %s "$1" >"$sql"'
_EXECUTE = 'prisma db execute --schema "$dir/schema.prisma" --file "$sql"'
# The last program takes the shell's place, so that a stop reaches it.
MIGRATE = f"{_IN_THE_PACKAGE}exec {_DEPLOY}"
MIGRATE_AND_EXECUTE = f"{_IN_THE_PACKAGE}{_DEPLOY} && {_SQL_FILE} && exec {_EXECUTE}"
LISTS = ("callbacks", "success_callback", "failure_callback")


def command(left_out_callbacks: Sequence[str] = ()) -> list[str]:
    """Ends with 0 when the schema is current and the database names none of the callbacks."""
    if not left_out_callbacks:
        return ["sh", "-c", MIGRATE]
    sql = "\n".join(_leave_out(left_out_callbacks, each) for each in LISTS)
    return ["sh", "-c", MIGRATE_AND_EXECUTE, "sh", sql]


def _leave_out(names: Sequence[str], field: str) -> str:
    text = json.dumps(list(names)).replace("'", "''")
    kept = f"(param_value->'{field}') - ARRAY(SELECT jsonb_array_elements_text('{text}'))"
    row = f"param_name = 'litellm_settings' AND jsonb_typeof(param_value->'{field}') = 'array'"
    value = f"jsonb_set(param_value, '{{{field}}}', {kept})"
    return f'UPDATE "LiteLLM_Config" SET param_value = {value} WHERE {row};'  # noqa: S608  quoted
