"""The setting `antigravityManager`: the proxy in front of Anthropic's and Google's models.

A part of `settings.py`. Pure.
"""

from __future__ import annotations

from pydantic import Field

from stacks.settings_base import RoutedService, one_task


class AntigravityManager(RoutedService):
    """Antigravity Manager. It keeps its accounts in one volume, so it has one task."""

    CANNOT_BE_SET = one_task("its accounts are in one volume, which one task writes")

    max_body_mib: int = Field(100, ge=1, le=1024, description="Largest request body that it takes, in MiB.")
