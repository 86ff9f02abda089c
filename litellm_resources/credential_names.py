"""Which row of LiteLLM a credential lives in: its own name, or after a value was removed `<name>~2` and so on.

No write takes a value out of a row on 1.81.12, and a row that is deleted and made again is away for a moment. So what
shall hold less gets another row, models are led there, and then the old one goes. Takes what is wanted, what the state
holds and the rows; gives the row's name. A preview names it as well, for this is asked in `check`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from litellm_resources.admin_api.credentials import API_BASE, API_KEY, CredentialRow
from litellm_resources.credential_row import NO_KEY, CredentialInputs, is_of, too_many


def stays(inputs: CredentialInputs, last: CredentialInputs | None) -> bool:
    """Whether the row that the state knows can hold what is wanted: nothing is to be removed."""
    return last is not None and _held(last) <= inputs.values.keys()


def chosen(inputs: CredentialInputs, last: CredentialInputs | None, rows: Mapping[str, CredentialRow]) -> str:
    """The first row of this credential that holds nothing too much, the known one before all; else a new name.

    A number is never used again: a worker may still have the former row of that name in its memory.
    """
    ours = {row.credential_name: row for row in rows.values() if is_of(row, inputs)}
    names = [*({} if last is None else {last.credential_name: None}), *ours]
    fitting = [name for name in names if name in rows and not too_many(inputs, rows[name])]
    if fitting:
        return fitting[0]
    if not names:
        # Made for the first time; or made by hand, which is taken over as it is before anything is removed.
        return inputs.catalog_name
    number = 1 + max(_number(name, inputs.catalog_name) for name in names)
    while (name := f"{inputs.catalog_name}~{number}") in rows:
        number += 1
    return name


def _held(last: CredentialInputs) -> set[str]:
    has_key = last.api_key_fingerprint != NO_KEY
    found = {API_KEY: has_key, API_BASE: last.api_base is not None} | dict.fromkeys(last.other_values, True)
    return {name for name, held in found.items() if held}


def _number(name: str, catalog_name: str) -> int:
    found = re.fullmatch(re.escape(catalog_name) + r"~([0-9]+)", name)
    return int(found[1]) if found else 1
