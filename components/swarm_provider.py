"""What the dynamic providers of the Swarm have in common: Pulumi's side of each.

Takes property bags as Pulumi has them. A subclass says what is compared, what the id is, what is done at create and
update, and what a refresh sees. The subclass is what the state refers to, this class is not: it may move.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import ConfigureRequest, CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult
from pydantic import JsonValue

from components.errors import DataMismatch, SwarmError
from components.provider_border import FAILING_READ, StackConfig, in_teardown, told_plainly, without_provider

Props = dict[str, JsonValue]


class SwarmProvider(ResourceProvider):
    """See the module. Subclasses set `compared` and the functions, and hold no state; nothing is done at delete."""

    serialize_as_secret_always = False
    config = StackConfig({})
    compared: ClassVar[tuple[str, ...]]

    def identity(self, wanted: Props, /) -> str:
        """Gives Pulumi's id."""
        raise NotImplementedError

    def converge(self, wanted: Props, last: Props, /) -> Props:
        """Does what the resource stands for; gives the outputs besides the inputs. Nothing is `last` at create."""
        raise NotImplementedError

    def look(self, _id: str, _last: Props, /) -> ReadResult | None:
        """Gives what is there; None leaves the state as it is, and so does an engine that does not answer.

        Raises:
            DataMismatch: Ends the run, told once.
        """
        return None

    def configure(self, req: ConfigureRequest) -> None:
        self.config = StackConfig.of(req)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=any(_olds.get(key) != _news.get(key) for key in self.compared))

    def create(self, props: dict[str, Any]) -> CreateResult:
        wanted = without_provider(props)
        with told_plainly():
            return CreateResult(self.identity(wanted), {**wanted, **self.converge(wanted, {})})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        wanted = without_provider(_news)
        with told_plainly():
            return UpdateResult({**wanted, **self.converge(wanted, without_provider(_olds))})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        last = without_provider(props)
        try:
            found = None if in_teardown() else self.look(id_, last)
        except DataMismatch as error:
            if FAILING_READ.speaks():
                raise pulumi.RunError(str(error)) from None
            found = None
        except SwarmError:
            # The docker provider of the same run says so; a second error would only hide the first.
            found = None
        return found or ReadResult(id_, last)
