"""A tiny engine that drives the providers as Pulumi does: refresh, check, diff, create, update, replace, delete.

Takes a program, the state of the run before and a fake server; gives the next state, also after a run that failed:
what was done before the fault is in it, and what a replacement still has to delete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from litellm_resources.provider import LitellmProvider
from tests.litellm_resources.conftest import Driven, Run
from tests.litellm_resources.fake_litellm import FakeLitellm

Outputs = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Declared:
    """One resource of a program; its properties may take outputs of those before it."""

    urn: str
    kind: type[LitellmProvider]
    props: Callable[[Outputs], dict[str, Any]]


@dataclass(frozen=True)
class Known:
    """One resource of a state."""

    kind: type[LitellmProvider]
    id: str
    inputs: dict[str, Any]
    outs: dict[str, Any]


class RunFailed(Exception):
    """A run ended with an error that a user is told."""


@dataclass
class TinyEngine:
    """One stack."""

    server: FakeLitellm
    state: dict[str, Known] = field(default_factory=dict)
    # Rows of before a replacement, which another one came to already.
    condemned: list[Known] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def up(self, program: Sequence[Declared], *, preview: bool = False) -> list[str]:
        """Runs a program; a preview writes nothing. Gives the steps that were not `same`.

        Raises:
            RunFailed: A provider refused or failed.
        """
        self.steps = []
        run = Run(self.server)
        try:
            self._refresh(run)
            for declared in program:
                self._converge(run, declared, preview=preview)
            gone = [urn for urn in reversed(self.state) if urn not in {declared.urn for declared in program}]
            self.steps += [f"delete {urn}" for urn in gone] + ["delete a replaced one" for _ in self.condemned]
            if not preview:
                self._delete(run, gone)
        except pulumi.RunError as error:
            raise RunFailed(str(error)) from error
        return self.steps

    def _refresh(self, run: Run) -> None:
        for urn, known in list(self.state.items()):
            found = run.provider(known.kind).read(known.id, known.outs)
            if not found.id:
                del self.state[urn]
                continue
            self.state[urn] = replace(known, outs=found.outs, inputs=found.inputs or known.inputs)

    def _converge(self, run: Run, declared: Declared, *, preview: bool) -> None:
        provider = run.provider(declared.kind)
        known = self.state.get(declared.urn)
        wanted = declared.props({urn: each.outs for urn, each in self.state.items()})
        checked = provider.check(known.inputs if known else {}, wanted)
        if checked.failures:
            raise RunFailed("; ".join(f"{failure.property}: {failure.reason}" for failure in checked.failures))
        step = self._step(provider, known, checked.inputs)
        if step != "same":
            self.steps.append(f"{step} {declared.urn}")
        if preview:
            return
        if step == "delete and create" and known is not None:
            provider.delete(known.id, known.outs)
            del self.state[declared.urn]
        if step in ("create", "delete and create", "create and delete"):
            made = provider.create(checked.inputs)
            if step == "create and delete" and known is not None:
                self.condemned.append(known)
            self.state[declared.urn] = Known(declared.kind, made.id, checked.inputs, made.outs)
        elif known is not None:
            outs = known.outs if step == "same" else provider.update(known.id, known.outs, checked.inputs).outs
            self.state[declared.urn] = replace(known, inputs=checked.inputs, outs=outs)

    def _step(self, provider: Driven, known: Known | None, wanted: dict[str, Any]) -> str:
        if known is None:
            return "create"
        diff = provider.diff(known.id, known.outs, wanted)
        if diff.replaces:
            return "delete and create" if diff.delete_before_replace else "create and delete"
        return "update" if diff.changes else "same"

    def _delete(self, run: Run, gone: Sequence[str]) -> None:
        while self.condemned:
            run.provider(self.condemned[0].kind).delete(self.condemned[0].id, self.condemned[0].outs)
            del self.condemned[0]
        for urn in gone:
            run.provider(self.state[urn].kind).delete(self.state[urn].id, self.state[urn].outs)
            del self.state[urn]
