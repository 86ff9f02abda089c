"""Models of answers and inputs are built when they are first used, also when four threads do that at once."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: here all of them have been used. The four threads of a provider process begin together.
AT_ONCE = """
import threading
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.key_row import KeyInputs

built = [KeyRow.__pydantic_complete__, KeyInputs.__pydantic_complete__]
barrier, made = threading.Barrier(4), []

def use():
    barrier.wait()
    made.append(KeyRow.model_validate({"token": "t", "litellm_budget_table": {"soft_budget": 1}, "unknown": 1}).token)
    made.append(KeyInputs(owner="p/s", key_alias="k", fingerprint_key="f", models=[]).key_alias)

threads = [threading.Thread(target=use) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(built, sorted(made))
"""


def test_four_threads_that_use_a_model_first_at_the_same_time_all_get_theirs() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (str([False, False]) + " " + str(["k"] * 4 + ["t"] * 4), "")
