"""The base of the dynamic providers: everything about Pulumi, so that a resource type says only what is its own.

Takes Pulumi's property bags, gives them to the type's four functions as plain values: `standing` (may this object be
ours?), `converge` (make it so), `look` (how is it?), `remove`. Lifecycle: `configure` finds the gateway; `check`
validates, and for an object that the state does not hold asks who owns what is there; `diff` never asks; `create`
adopts what is ours already; `read` gives live values as inputs, so that a preview shows `live => wanted`; `delete`
takes gone for done. While the environment is taken down (LLMPROXY_TEARDOWN=1) no server is asked anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, TypeVar

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from litellm_resources.admin_api.connection import Connection, connection_from_config
from litellm_resources.admin_api.errors import AdminApiError, NotRunning
from litellm_resources.adoption import why_untouchable
from litellm_resources.comparison import same
from litellm_resources.failure_log import told_plainly
from litellm_resources.listing import Listing
from litellm_resources.properties import (
    Props,
    ProviderInputs,
    bare,
    inputs_of,
    is_unknown,
    stated,
    type_failures,
    value_of,
)
from litellm_resources.session import GatewaySession, session_of
from litellm_resources.shared_list import Row, SharedList

TEARDOWN = "LLMPROXY_TEARDOWN"
# Never compared: what permits, derives or only tells of others is no property of the object.
NOT_COMPARED = frozenset({"adopt", "declared", "fingerprint_key", "grace"})

Told = TypeVar("Told")


@dataclass(frozen=True)
class Live:
    """An object as it is: inputs with live values, and outputs besides."""

    inputs: Props
    outputs: Props = field(default_factory=dict)


class LitellmProvider(ResourceProvider):
    """See the module. Subclasses set the class variables and the four functions, and hold no state."""

    serialize_as_secret_always = False
    kind: ClassVar[str]
    inputs_type: ClassVar[type[ProviderInputs]]
    identity_field: ClassVar[str]
    replaced_by: ClassVar[frozenset[str]]
    deleted_before_replaced: ClassVar[bool] = True
    connection: Connection | None = None
    connection_error: AdminApiError | None = None

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        """Says why this object must not be touched; None when it may."""
        raise NotImplementedError

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        """Makes the object as wanted, from whatever is there; gives the outputs besides the inputs."""
        raise NotImplementedError

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        """Gives the object as it is; None when it is gone."""
        raise NotImplementedError

    def remove(self, session: GatewaySession, last: Props) -> None:
        """Removes the object if it is ours."""
        raise NotImplementedError

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        """Gives what is wrong with the inputs beyond their types."""
        return []

    def completed(self, wanted: Props) -> Props:
        """Adds the inputs that follow from others."""
        return wanted

    def configure(self, req: ConfigureRequest) -> None:
        try:
            self.connection = connection_from_config(req.config.get)
        except AdminApiError as error:
            # Told when the gateway is needed: taking everything down needs none.
            self.connection_error = error

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        wanted, last = bare(news), bare(_olds)
        if is_unknown(wanted):
            return CheckResult(wanted, [])
        with told_plainly(self._name(wanted)):
            failures = type_failures(self.inputs_type, wanted) or self.faults(wanted)
            if not failures:
                wanted = self.completed(wanted)
                reason = None if in_teardown() else self._why_untouchable(wanted, last)
                failures = [CheckFailure(self.identity_field, reason)] if reason else []
        return CheckResult(wanted, failures)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        last, wanted = bare(_olds), bare(_news)
        changed = self._changed(last, wanted)
        replaces = [name for name in changed if name in self.replaced_by]
        return DiffResult(
            changes=bool(changed),
            replaces=replaces,
            delete_before_replace=bool(replaces) and self.deleted_before_replaced,
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        wanted = bare(props)
        with told_plainly(self._name(wanted)):
            outputs = self.converge(self._session(), wanted, {})
        return CreateResult(self._identity(wanted), {**wanted, **outputs})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        wanted = bare(_news)
        with told_plainly(self._name(wanted)):
            outputs = self.converge(self._session(), wanted, bare(_olds))
        return UpdateResult({**wanted, **outputs})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        last = bare(props)
        if in_teardown():
            return ReadResult(id_, last)
        with told_plainly(self._name(last)):
            session = self._session()
            try:
                live = self.look(session, last)
            except AdminApiError as error:
                if session.first_to("fail a read"):
                    raise session.explained(error) from None
                # The first error ends the run; more of them would only repeat it.
                return ReadResult(id_, last)
        if live is None:
            return ReadResult("", {})
        # A default that the state leaves out is no drift when it is read.
        said = {
            **stated(self.inputs_type, live.inputs),
            **{name: live.inputs[name] for name in live.inputs if name in last},
        }
        return ReadResult(id_, {**last, **said, **live.outputs}, said)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        last = bare(_props)
        if in_teardown():
            return
        with told_plainly(self._name(last)):
            self.remove(self._session(), last)

    def _seen(self, shared: SharedList[Row], last: Props, look: Callable[[Listing[Row]], Live | None]) -> Live | None:
        """For `look`: the object by a list; as the state knows it if any worker shows it so."""
        return shared.agreed(look, lambda live: live is None or bool(self._changed(last, live.inputs)))

    def _told(self, last: Props, fields: Props) -> Live:
        """For `look`: the inputs as they are; what holds nothing is left out."""
        live = {**inputs_of(self.inputs_type, last), **fields}
        return Live({name: value for name, value in live.items() if value is not None})

    def _left(self, session: GatewaySession, last: Props, owner: str) -> bool:
        """For `remove`: whether the object stays as it is not this stack's, which is told."""
        if owner == last["owner"]:
            return False
        session.warn_once(f"{self._name(last)}: left in LiteLLM, it carries no marker of this stack")
        return True

    def _changed(self, last: Props, now: Props) -> list[str]:
        fields = [name for name in self.inputs_type.model_fields if name not in NOT_COMPARED]
        told = partial(value_of, self.inputs_type)
        return [name for name in fields if not same(told(last, name), told(now, name))]

    def _why_untouchable(self, wanted: Props, last: Props) -> str | None:
        if last and (reason := self._refusal(wanted, str(last.get("owner")))) is not None:
            return reason
        return self._asked(lambda session: self.standing(session, wanted, last))

    def _refusal(self, wanted: Props, owner: str) -> str | None:
        adopt = bool(wanted.get("adopt"))
        return why_untouchable(self._identity(wanted), owner, str(wanted["owner"]), adopt=adopt)

    def _adopting(self, session: GatewaySession, wanted: Props, owner: str) -> str | None:
        """For `standing`: an object is there that the state does not hold. Says why not to touch it, or that we will.

        A preview calls what is adopted a create, and no `create` runs in it.
        """
        if (reason := self._refusal(wanted, owner)) is None:
            session.warn_once(f"{self._name(wanted)}: is in LiteLLM already, will be taken over")
        return reason

    def _asked(self, question: Callable[[GatewaySession], Told | None]) -> Told | None:
        """What LiteLLM answers to a question of `check`; None, told once in a run, while it does not run."""
        session = self._session()
        try:
            return question(session)
        except NotRunning:
            session.say_once(f"LiteLLM does not run yet at {session.client.url}: nothing compared with what is there")
            return None
        except AdminApiError as error:
            if session.first_to("fail a read"):
                raise session.explained(error) from None
            return None

    def _session(self) -> GatewaySession:
        if self.connection is None:
            assert self.connection_error is not None, "Pulumi calls configure first"  # noqa: S101
            raise self.connection_error
        return session_of(self.connection)

    def _identity(self, props: Props) -> str:
        return str(props.get(self.identity_field, self.identity_field))

    def _name(self, props: Props) -> str:
        return f"{self.kind} {self._identity(props)}"


def in_teardown() -> bool:
    """Says whether the whole environment is being taken down: its database keeps its rows."""
    return os.environ.get(TEARDOWN) == "1"


def owner_now() -> str:
    """Who owns what the running program makes: `<project>/<stack>`."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"
