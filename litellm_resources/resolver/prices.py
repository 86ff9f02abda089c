"""What LiteLLM's own table says of a model: its price and how much it reads.

Takes a LiteLLM version and a deployment; gives what LiteLLM would count for it. A table is read when it is first asked
for. How a name is looked up differs between the versions (measured): 1.81.12 charges nothing by an entry of another
provider than the interface's, 1.109.1 takes a `base_model` whoever the provider is.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from litellm_resources.resolver.resolved import ModelSpec

FOLDER = Path(__file__).with_name("price_tables")
OTHERWISE = "otherwise"
Price: TypeAlias = tuple[float, float] | str | None

_VERSION = re.compile(r"\d+(?:\.\d+)+")
_ANY_PROVIDER = (1, 109, 1)


@dataclass(frozen=True)
class Listed:
    """One line of a table.

    Attributes:
        provider: Whose price it is.
        context: How many tokens it reads; None: not known.
        price: Dollars for a token in and out, `OTHERWISE` for what is paid for in another way, None without a price.
    """

    provider: str | None
    context: int | None
    price: Price


@dataclass(frozen=True)
class PriceTable:
    """The table of one version."""

    version: str
    entries: Mapping[str, list[object]]

    def price(self, model: ModelSpec) -> Price:
        """What LiteLLM charges for a deployment: its own parameters, else the table's line of `base_model` or model."""
        own = {key: value for key, value in model.litellm_params.items() if "cost" in key and value is not None}
        if own:
            by_token = own.keys() <= {"input_cost_per_token", "output_cost_per_token"}
            tokens = [own.get("input_cost_per_token", 0), own.get("output_cost_per_token", 0)]
            return _as_price(tokens) if by_token else OTHERWISE
        interface = _interface(model)
        lines = ((name, self._line(name, interface)) for name in _names(model))
        return next((line.price for name, line in lines if line and self._counts(line, name, model)), None)

    def is_of_another_provider(self, model: ModelSpec) -> bool:
        """Whether it has no price only because the table's line is not of the provider whose interface it speaks."""
        lines = (self._line(name, _interface(model)) for name in _names(model))
        return self.price(model) is None and any(line is not None and line.price is not None for line in lines)

    def context(self, model: ModelSpec) -> int | None:
        """How many tokens a deployment reads: what its `model_info` says, else the table; None: nobody knows."""
        own = model.model_info.get("max_input_tokens")
        if isinstance(own, int):
            return own
        lines = (self._line(name, _interface(model)) for name in _names(model))
        return next((line.context for line in lines if line is not None), None)

    def _line(self, name: str, interface: str) -> Listed | None:
        """The line of a name: with the interface before it, as it is, or without the provider in it."""
        for each in (f"{interface}/{name.removeprefix(f'{interface}/')}", name, name.lower()):
            if (line := self._entry(each)) is not None:
                return line
        provider, _, bare = name.partition("/")
        line = self._entry(bare)
        return line if line is not None and line.provider == provider else None

    def _entry(self, name: str) -> Listed | None:
        entry = self.entries.get(name)
        if entry is None:
            return None
        provider, context, price = entry
        return Listed(
            provider if isinstance(provider, str) else None,
            context if isinstance(context, int) else None,
            _as_price(price),
        )

    def _counts(self, line: Listed, name: str, model: ModelSpec) -> bool:
        is_own = line.provider in {_interface(model), None}
        return is_own or (name != model.upstream_model and _numbers(self.version) >= _ANY_PROVIDER)


@cache
def table_for(version: str | None) -> PriceTable:
    """The table of a version, or of the newest known one before it; None is the newest."""
    known = sorted(kept_versions(), key=_numbers)
    before = [each for each in known if version is None or _numbers(each) <= _numbers(version)]
    chosen = before[-1] if before else known[0]
    return PriceTable(chosen, json.loads((FOLDER / f"{chosen}.json").read_text(encoding="utf-8")))


def kept_versions() -> list[str]:
    """The versions whose tables lie here."""
    return [path.stem for path in FOLDER.glob("*.json")]


def version_in(image: str) -> str | None:
    """The version that an image's tag names; None where it names none."""
    _, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    found = _VERSION.search(tag)
    return found[0] if found else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _interface(model: ModelSpec) -> str:
    return model.upstream_model.partition("/")[0]


def _names(model: ModelSpec) -> list[str]:
    """What LiteLLM looks a deployment up by, in its order."""
    names = (model.model_info.get("base_model"), model.litellm_params.get("base_model"), model.upstream_model)
    return [name for name in names if isinstance(name, str) and name]


def _as_price(price: object) -> Price:
    if isinstance(price, list):
        read, written = (float(cost) if isinstance(cost, int | float) else 0.0 for cost in price)
        return (read, written)
    return price if isinstance(price, str) else None
