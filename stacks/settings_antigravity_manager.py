"""The setting `antigravityManager`: the proxy in front of Anthropic's and Google's models.

A part of `settings.py`. Pure.
"""

from __future__ import annotations

from pydantic import Field

from stacks.settings_base import RoutedService


class AntigravityManager(RoutedService):
    """Antigravity Manager. It keeps its accounts in one volume, so it has one task."""

    max_body_mib: int = Field(100, ge=1, le=1024, description="Largest request body that it takes, in MiB.")
