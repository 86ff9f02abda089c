"""The program: reads settings and secrets of the stack, then makes everything in the order of the data's path.

Errors that a person can mend are raised as `pulumi.RunError`: the CLI shows their text without a traceback.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pulumi
import pulumi_docker as docker

from litellm_resources.admin_api.connection import admin_url
from stacks import (
    catalog_files,
    certificate_doubts,
    data,
    data_memory,
    dns_records,
    edge,
    handovers,
    litellm_catalog,
    llmproxy,
    monitoring,
    portainer,
    stack_secrets,
)
from stacks.environment import Environment
from stacks.ingress import Ingress
from stacks.networks import Networks
from stacks.secret_needs import CERTIFICATE
from stacks.settings import Settings, parse
from stacks.settings_errors import SettingsError
from stacks.stack_secrets import Secrets, SecretsError

OBJECTS_BETWEEN_COLLECTIONS = 200_000
# Those of the SDK that stand between a resource and the code that asks for it, and the innermost two or so of ours.
FRAMES_IN_THE_STATE = 9


def read_settings() -> Settings:
    """Gives the settings of the current stack.

    Raises:
        pulumi.RunError: With one line for each mistake in them.
    """
    config, stack = pulumi.Config(), pulumi.get_stack()
    try:
        return parse(config.get_object("settings"), place=f"Pulumi.{stack}.yaml: {config.name}:settings")
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from error


def read_secrets(settings: Settings) -> Secrets:
    """Gives the secrets of the current stack, wrapped so that they stay secret.

    Raises:
        SecretsError: With one line for each that is missing or of no use, and for what is wrong with the catalog, so
            that all of it is told at once.
    """
    config, project, stack = pulumi.Config(), pulumi.get_project(), pulumi.get_stack()
    try:
        secrets = stack_secrets.read(settings, project=project, stack=stack)
    except SecretsError as error:
        others = catalog_files.problems(settings, project=project, stack=stack)
        raise SecretsError((*error.problems, *others)) from error
    if CERTIFICATE in secrets.ingress:
        certificate_doubts.warn(config, settings, stack=stack)
    return secrets


@contextmanager
def few_frames() -> Iterator[None]:
    """Keeps the call stack of each resource in the state short while the block runs.

    The SDK (3.259) looks it up for every resource, and the engine writes it into every checkpoint: fourteen frames with
    long paths of one machine, most of them asyncio's, were three fifths of the state of 500 models (measured). The
    limit is Python's own; an exception that leaves the block shows all of its frames.
    """
    sys.tracebacklimit = FRAMES_IN_THE_STATE
    try:
        yield
    finally:
        del sys.tracebacklimit


@few_frames()
def deploy(settings: Settings, secrets: Secrets) -> None:
    """Makes the whole installation and gives the stack outputs.

    The catalog is read before anything is made, so that a mistake in it changes nothing.
    """
    # What a Pulumi program makes lives to its end: to look for garbage all the while is an eighth of its CPU time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    environment = Environment(pulumi.get_project(), pulumi.get_stack(), settings, secrets)
    catalog = catalog_files.read(environment)
    engine = docker.Provider("docker", host=settings.docker.host)
    on_engine = pulumi.ResourceOptions(providers=[engine])

    memory = data_memory.remember(environment, on_engine)
    guarded = pulumi.ResourceOptions(providers=[engine], depends_on=[memory.fingerprint])
    networks = Networks(
        "networks",
        environment.swarm_stack(llmproxy.STACK),
        with_agent=settings.portainer.enabled,
        with_socket_proxy=settings.has_socket_proxy,
        existing_public=edge.existing_network(settings),
        opts=guarded,
    )
    entrance = portainer.deploy(environment, networks, on_engine)
    database = data.deploy(environment, networks, memory)
    changing_keys = handovers.begin(environment, catalog)
    application = llmproxy.deploy(environment, networks, database, changing_keys, on_engine)
    watching = monitoring.deploy(environment, networks, database, on_engine)
    # Where Traefik publishes the gateway's port, the admin API answers only behind both gates.
    objects = litellm_catalog.deploy(environment, catalog, after=[application.gate, *([entrance] if entrance else [])])
    changing_keys.end(after=objects.credentials)
    if database.login:
        database.login.end(after=[application.gate, *application.scheduled, *([watching] if watching else [])])
        pulumi.export("databaseLogin", database.login.name)

    url = admin_url({"litellm": {"adminUrl": settings.litellm.admin_url, "hostPort": settings.litellm.host_port}})
    pulumi.export("gatewayUrl", url)
    pulumi.export("uiUrl", f"{url}/ui")
    pulumi.export("modelAlias", litellm_catalog.example_model(catalog))
    pulumi.export("virtualKey", objects.virtual_key)
    pulumi.export("virtualKeys", dict(objects.virtual_keys))
    if Ingress(settings).is_there:
        pulumi.export("urls", dns_records.urls(settings))
        pulumi.export("dnsRecords", [asdict(record) for record in dns_records.records(settings)])
