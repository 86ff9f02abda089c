"""Whose key a provider uses: its own, that of one it extends, or that of a service of this installation.

Takes which providers have a key and which services have one; gives the source of each provider's key and what is
wrong with it. The nearest of the line decides: a key kept under its name, or the service that it names; of both, the
key counts while the service is switched off. Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import Fault, correct_name, quote, quote_all
from litellm_resources.resolver.inheritance import InheritedProvider

OF_SERVICE = "api_key_of_service"


@dataclass(frozen=True)
class KeySource:
    """Under whose name the key is kept: a provider's, or a service's, which may be switched off."""

    provider: str | None = None
    service: str | None = None
    switch_on: str | None = None

    @property
    def gives_a_key(self) -> bool:
        """Whether there is a key to use."""
        return self.provider is not None or (self.service is not None and self.switch_on is None)


@dataclass(frozen=True)
class KeySources:
    """Who has a key.

    Attributes:
        has_key: Whether a provider has one of its own.
        services: The services that have one; for one that is switched off, what to do to have it on.
    """

    has_key: Callable[[str], bool]
    services: Mapping[str, str | None]

    def of(self, inherited: InheritedProvider, documents: Mapping[str, JsonObject]) -> KeySource:
        """The source of one provider's key."""
        removed = False
        for name in inherited.line:
            service = documents[name].get(OF_SERVICE)
            if isinstance(service, str) and not removed and not (self._is_off(service) and self.has_key(name)):
                return KeySource(service=service, switch_on=self.services.get(service))
            if self.has_key(name):
                return KeySource(provider=name)
            removed = removed or OF_SERVICE in documents[name]
        return KeySource()

    def faults(self, documents: Mapping[str, JsonObject]) -> list[Fault]:
        """Each service that is none, and each provider that has two keys."""
        named = {name: service for name, document in documents.items() if (service := document.get(OF_SERVICE))}
        texts = {name: service for name, service in named.items() if isinstance(service, str)}
        unknown = [self._unknown(name, service) for name, service in texts.items() if service not in self.services]
        twice = [name for name, service in texts.items() if self.has_key(name) and not self._is_off(service)]
        return unknown + [_two_keys(name, texts[name]) for name in twice]

    def _is_off(self, service: str) -> bool:
        return self.services.get(service) is not None

    def _unknown(self, name: str, service: str) -> Fault:
        return Fault(
            ("providers", name, OF_SERVICE),
            f"{quote(service)}, which is no service with a key of its own",
            f"one of {quote_all(self.services)}, or null",
            correct_name(service, self.services, f"remove it, and: pulumi config set --secret litellm-api-keys:{name}"),
        )


def _two_keys(name: str, service: str) -> Fault:
    return Fault(
        ("providers", name, OF_SERVICE),
        f"{quote(service)} and a key of the provider's own beside it",
        "one of the two",
        f"remove this line, or take the key away: pulumi config rm litellm-api-keys:{name} "
        "(or its api_key in the local overlay)",
    )
