"""What every command works with: where things lie, which stack, the environment, and the board to speak on."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.home import StackHome
from operations.locations import Locations
from operations.progress import Board


@dataclass(frozen=True)
class Session:
    """One call of a command."""

    places: Locations
    stack: str
    home: StackHome
    environment: Mapping[str, str]
    board: Board
