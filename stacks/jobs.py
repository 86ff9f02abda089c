"""The scheduled jobs of the Swarm stack `llmproxy`, with what starts them and what keeps them.

Gives the services that the stack's gate watches, and the jobs: these have no task of their own to watch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.rollout_args import GatedService
from components.service_args import Resources
from components.services.db_cleanup import DbCleanup, DbCleanupArgs
from components.services.job_keeper import JobKeeper, JobKeeperArgs
from components.services.swarm_cronjob import SwarmCronjob, SwarmCronjobArgs
from stacks import images
from stacks.data import Data
from stacks.environment import Environment
from stacks.networks import Networks

STACK = "llmproxy"


@dataclass(frozen=True)
class Jobs:
    """What was made."""

    gated: Sequence[GatedService] = ()
    scheduled: Sequence[pulumi.Resource] = ()


def deploy(environment: Environment, networks: Networks, data: Data, group: pulumi.Resource) -> Jobs:
    """Makes the jobs that are switched on."""
    if not environment.settings.swarm_cronjob.enabled:
        return Jobs()
    child = pulumi.ResourceOptions(parent=group)
    keeper = JobKeeper("job-keeper", _keeper(environment, networks), child)
    cronjob = SwarmCronjob("swarm-cronjob", _cronjob(environment, networks), child)
    gated = [keeper.gated, cronjob.gated]
    if not environment.settings.db_cleanup.enabled:
        return Jobs(gated)
    # The keeper first: what it does not see running it cannot report.
    after = pulumi.ResourceOptions(parent=group, depends_on=[keeper, *data.ready])
    return Jobs(gated, [DbCleanup("db-cleanup", _db_cleanup(environment, networks, data), after)])


def _keeper(environment: Environment, networks: Networks) -> JobKeeperArgs:
    settings = environment.settings.swarm_cronjob
    return JobKeeperArgs(
        stack=environment.swarm_stack(STACK),
        image=images.choose(environment.settings, "python", settings.keeper.image),
        network_ids=[networks.monitoring],
        resources=Resources(**settings.keeper.resources.model_dump()),
        placement_constraints=settings.placement_constraints,
    )


def _cronjob(environment: Environment, networks: Networks) -> SwarmCronjobArgs:
    settings = environment.settings.swarm_cronjob
    return SwarmCronjobArgs(
        stack=environment.swarm_stack(STACK),
        image=images.choose(environment.settings, "swarm-cronjob", settings.image),
        network_ids=[networks.internal],
        resources=Resources(**settings.resources.model_dump()),
        placement_constraints=settings.placement_constraints,
    )


def _db_cleanup(environment: Environment, networks: Networks, data: Data) -> DbCleanupArgs:
    settings = environment.settings.db_cleanup
    # A database of others is found beyond the Swarm, where `internal` does not lead.
    is_ours = environment.settings.postgres.external is None
    return DbCleanupArgs(
        stack=environment.swarm_stack(STACK),
        docker_host=environment.settings.docker.host,
        image=settings.image or images.postgres(environment.settings),
        database=data.database,
        network_ids=[networks.internal] if is_ours else [networks.internal, networks.public],
        schedule=settings.schedule,
        time_zone=settings.time_zone,
        retention_days=settings.retention_days,
        batch_size=settings.batch_size,
        lock_timeout_seconds=settings.lock_timeout_seconds,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        resources=Resources(**settings.resources.model_dump()),
        placement_constraints=settings.placement_constraints,
    )
