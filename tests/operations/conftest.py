"""What several tests of the commands begin with."""

from pathlib import Path

import pytest


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a stack whose file is in git, prod, and one whose file is generated, dev."""
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "Pulumi.prod.yaml").write_text("encryptionsalt: v1:x\n")
    (folder / "Pulumi.dev.template.yaml").write_text("config: {}\n")
    return folder
