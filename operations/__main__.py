"""The commands behind `make`: `python -m operations <command>`.

An error that was foreseen is one line on the error stream; LLMPROXY_DEBUG=1 shows the traceback of any.
"""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Annotated

import docker.errors
import requests
import typer
from rich.console import Console

from airgap.images.errors import ImagesError
from airgap.toolchain.errors import ToolchainError
from litellm_resources.admin_api.errors import AdminApiError
from litellm_resources.resolver.errors import CatalogError
from operations import locations
from operations.errors import OperationsError
from operations.home import find_home
from operations.progress import Board
from operations.remedies import with_way_to_pulumi
from operations.session import Session

INTERRUPTED = 130
# The others are asked for one thing, and say of the set-up only what they had to do for it.
TELL_WHAT_IS_THERE = frozenset({"up", "images", "with_parts"})
FORESEEN = (
    OperationsError,
    ToolchainError,
    ImagesError,
    AdminApiError,
    CatalogError,
    docker.errors.DockerException,
    requests.RequestException,
    OSError,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Stack = Annotated[str, typer.Option(help="The Pulumi stack.")]
Force = Annotated[bool, typer.Option("--force", help="Do not ask.")]


@app.command()
def up(
    stack: Stack = "dev", profile: Annotated[str | None, typer.Option(help="Switches dev to it first.")] = None
) -> None:
    """Brings the gateway up, or converges it."""
    _run("up", stack, profile=profile)


@app.command()
def preview(stack: Stack = "dev") -> None:
    """Shows what up would change."""
    _run("preview", stack)


@app.command()
def down(stack: Stack = "dev") -> None:
    """Takes the gateway down; data stays."""
    _run("down", stack)


@app.command()
def purge(stack: Stack = "dev", force: Force = False) -> None:
    """Removes all of a stack, data and secrets too."""
    _run("purge", stack, force=force)


@app.command()
def doctor(stack: Stack = "dev") -> None:
    """Says what is there and what is missing."""
    _run("doctor", stack)


@app.command()
def status(stack: Stack = "dev", as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Says how every service and job is."""
    _run("status", stack, as_json=as_json)


@app.command()
def env(stack: Stack = "dev") -> None:
    """Prints exports for a shell in which plain pulumi works."""
    _run("env", stack)


@app.command()
def key(
    stack: Stack = "dev", alias: Annotated[str | None, typer.Option(help="Which one; else the first.")] = None
) -> None:
    """Prints a virtual key, alone."""
    _run("key", stack, alias=alias)


@app.command("create-key")
def create_key(
    email: Annotated[str, typer.Option(help="Whose; the user is made where there is none.")],
    stack: Stack = "dev",
    alias: Annotated[str | None, typer.Option(help="Else the part before the @.")] = None,
    value_from_stdin: Annotated[bool, typer.Option("--value-from-stdin", help="Else a random one.")] = False,
) -> None:
    """Makes a virtual key by hand and prints it, alone."""
    _run("create_key", stack, email=email, alias=alias, value_from_stdin=value_from_stdin)


@app.command()
def secret(
    stack: Stack = "dev", name: Annotated[str | None, typer.Option(help="Which one; none names all.")] = None
) -> None:
    """Prints a secret of the stack, alone."""
    _run("secret", stack, wanted=name)


@app.command()
def secrets(stack: Stack = "dev", as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Lists all secrets of the stack by name: set or missing, and what is typed for each."""
    _run("secrets", stack, as_json=as_json)


@app.command("take-over")
def take_over(
    stack: Stack = "dev",
    origin: Annotated[str | None, typer.Option("--from", help="Folder of the original's clone, or a file.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what differs.")] = False,
    force: Force = False,
) -> None:
    """Takes the original's secrets and settings over into the stack."""
    _run("take_over", stack, origin=origin, overwrite=overwrite, force=force)


@app.command()
def rotate(
    stack: Stack = "dev", secret: Annotated[str | None, typer.Option(help="Which one; none names all.")] = None
) -> None:
    """Replaces a secret by a new one, everywhere."""
    _run("rotate", stack, secret=secret)


@app.command()
def unmanaged(stack: Stack = "dev", as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Says what is in LiteLLM and not this stack's."""
    _run("unmanaged", stack, as_json=as_json)


@app.command()
def adopt(
    stack: Stack = "dev",
    kind: Annotated[str | None, typer.Option(help="Of this kind.")] = None,
    name: Annotated[str | None, typer.Option(help="Of these names or ids, with commas.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that can be.")] = False,
    only_show: Annotated[bool, typer.Option("--show", help="Write nothing.")] = False,
) -> None:
    """Takes over what was made in LiteLLM by hand."""
    _run("adopt", stack, kind=kind, names=name, everything=everything, only_show=only_show)


@app.command()
def prune(
    stack: Stack = "dev",
    force: Force = False,
    only_show: Annotated[bool, typer.Option("--show", help="Remove nothing.")] = False,
) -> None:
    """Removes what carries this stack's marker in LiteLLM and nothing declares."""
    _run("prune", stack, force=force, only_show=only_show)


@app.command()
def images(stack: Stack = "dev") -> None:
    """Builds the air-gap images."""
    _run("images", stack)


@app.command("with-parts", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def with_parts(command: Annotated[list[str], typer.Argument(help="What to run, with its arguments.")]) -> None:
    """Runs a command that needs toolchain, engine, Swarm and images."""
    _run("with_parts", "dev", command=command)


@app.command()
def cleanup(stack: Stack = "dev") -> None:
    """Runs the clean-up of spend logs now, and ends with its exit code."""
    _run("cleanup", stack)


@app.command("cleanup-free")
def cleanup_free(stack: Stack = "dev", force: Force = False) -> None:
    """Removes what the cache holds for other versions than this clone's."""
    _run("cleanup_free", stack, force=force)


def _run(name: str, stack: str, **options: bool | str | list[str] | None) -> None:
    """Runs a command and leaves with its exit code; an error becomes one line.

    Only the module of that command is loaded: the others' imports would cost it their time.
    """
    console, places = Console(stderr=True), locations.find(os.environ)
    try:
        board = Board(console, tells_what_is_there=name in TELL_WHAT_IS_THERE)
        home = find_home(places, stack, os.environ.get("PULUMI_BACKEND_URL"))
        session = Session(places, stack, home, dict(os.environ), board)
        run: Callable[..., int] = importlib.import_module(f"operations.commands.{name}").run
        code = run(session, **options)
    except KeyboardInterrupt:
        code = _failed("interrupted; the next make up goes on where this one stopped", INTERRUPTED)
    except FORESEEN as error:
        if os.environ.get("LLMPROXY_DEBUG") == "1":
            raise
        text = str(error)
        if isinstance(error, OSError) and places.hold(error.filename):
            text = locations.why_not_written(error)
        code = _failed(with_way_to_pulumi(text, stack), getattr(error, "exit_code", 1))
    sys.exit(code)


def _failed(text: str, code: int) -> int:
    print(f"error: {text}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    app(prog_name="operations")
