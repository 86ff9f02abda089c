"""The kept price tables are those of the images."""

from __future__ import annotations

import json
import subprocess

import pytest

from airgap.images import content, table
from litellm_resources.resolver.price_reduction import reduced
from litellm_resources.resolver.prices import FOLDER, kept_versions

READ = """
import importlib.util
folder = importlib.util.find_spec("litellm").submodule_search_locations[0]
print(open(folder + "/model_prices_and_context_window_backup.json").read())
"""


@pytest.mark.parametrize("version", kept_versions())
def test_the_table_that_warnings_go_by_is_the_one_in_the_version_s_image(version: str) -> None:
    image = content.image_tag(table.load().find(f"litellm:{version}"))
    if subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode:
        pytest.skip(f"{image} is not built here")
    command = ["docker", "run", "--rm", "--entrypoint", "python3", image, "-c", READ]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert (FOLDER / f"{version}.json").read_text(encoding="utf-8") == reduced(json.loads(shown))
