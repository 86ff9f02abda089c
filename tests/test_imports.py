"""Importing any module of the project has no effect: no config, files, network or processes.

The provider process imports the modules again, outside a program: what an import did would happen there too.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Runs in the gateway's container, on LiteLLM.
ELSEWHERE = ROOT / "components" / "services" / "litellm_ending.py"
PACKAGES = ("airgap", "components", "litellm_resources", "operations", "stacks")
# Runs in a process of its own: an audit hook cannot be taken off again. An event counts when the first frame that is
# not the standard library's is ours, so that what other packages do at import is theirs.
WATCH = """
import importlib, os, sys, sysconfig
root, names = sys.argv[1], sys.argv[2:]
stdlib = sysconfig.get_path("stdlib")
EFFECTS = {"open", "socket.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "os.putenv"}

def is_ours():
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(root) and "site-packages" not in file:
            return True
        if not (file.startswith((stdlib, "<frozen")) and "site-packages" not in file):
            return False
        frame = frame.f_back
    return False

def watch(event, arguments):
    if event not in EFFECTS or (event == "open" and str(arguments[0]).endswith((".py", ".pyc"))):
        return
    if is_ours():
        sys.stderr.write(f"{event} {arguments[:1]}\\n")
        os._exit(3)

# A module that was never compiled would be written into the cache, and that would count as its own doing.
sys.dont_write_bytecode = True
sys.addaudithook(watch)
sys.path.insert(0, root)
for name in names:
    importlib.import_module(name)
"""


def modules() -> list[str]:
    """Every module but those that run inside an image, on its libraries."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if not in_an_image(path))
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files)
    return sorted(name for name in names if not name.endswith("__main__") and "-" not in name)


def in_an_image(path: Path) -> bool:
    return path == ELSEWHERE or any((folder / "Dockerfile").exists() for folder in path.parents)


def watched(root: Path, *names: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-P", "-c", WATCH, str(root), *names]
    return subprocess.run(words, cwd="/", capture_output=True, text=True, timeout=60, check=False)


def test_importing_every_module_has_no_effect() -> None:
    done = watched(ROOT, *modules())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "effect",
    [
        "from pathlib import Path; Path('/etc/hostname').read_text()",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.environ['X'] = 'y'",
    ],
)
def test_an_import_with_an_effect_is_found(tmp_path: Path, effect: str) -> None:
    (tmp_path / "planted.py").write_text(effect)
    assert watched(tmp_path, "planted").returncode == 3


def test_declaring_litellms_objects_loads_no_http_client() -> None:
    """The program would pay for it in every preview; only the provider process calls."""
    load = "import sys, litellm_resources.leftovers as _; sys.exit('requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", load], cwd=ROOT, timeout=60, check=False).returncode == 0
