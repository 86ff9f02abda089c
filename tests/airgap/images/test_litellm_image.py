"""The LiteLLM image on a real engine: migrations on their own, then the gateway; what it does not do it refuses."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from typing import Any
from urllib.parse import quote

import pytest

from components.services import litellm_migration
from components.services.litellm_migration import MIGRATE
from tests.airgap.bench import built

pytestmark = pytest.mark.system

PASSWORD = "p@s:s/w#rd %"
ADDRESS = f"postgresql://litellm:{quote(PASSWORD, safe='')}@db:5432/litellm"
KILLED = 137


@pytest.fixture
def database(bench: Any) -> Any:
    container = bench.run("postgres", "db", environment={"POSTGRES_USER": "litellm", "POSTGRES_PASSWORD": PASSWORD})
    deadline = time.monotonic() + 60
    while container.exec_run("pg_isready -h 127.0.0.1").exit_code != 0:
        if time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL is not ready: {container.logs().decode()}")
        time.sleep(0.2)
    return container


def shell(bench: Any, name: str, code: str, address: str = ADDRESS, image: str = "litellm") -> tuple[int, str]:
    return run(bench, name, ["sh", "-c", code], address, image)


def run(bench: Any, name: str, command: list[str], address: str = ADDRESS, image: str = "litellm") -> tuple[int, str]:
    container = bench.run(image, name, command[1:], entrypoint=command[:1], environment={"DATABASE_URL": address})
    code_and_output: tuple[int, str] = bench.finish(container)
    return code_and_output


def sql(database: Any, query: str) -> str:
    return str(database.exec_run(["psql", "-U", "litellm", "-At", "-c", query]).output.decode().strip())


def readiness(address: str) -> dict[str, Any]:
    """The readiness answer, or nothing while nobody answers."""
    connection = http.client.HTTPConnection(address, 4000, timeout=5)
    try:
        connection.request("GET", "/health/readiness")
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return answer


def started(bench: Any, image: str) -> dict[str, Any]:
    """Starts a gateway on the migrated database, gives its readiness and stops it."""
    environment = {
        "DATABASE_URL": ADDRESS,
        "LITELLM_MASTER_KEY": f"sk-{uuid.uuid4().hex}",  # 1.109.1 refuses keys that stand in a guide
        "LITELLM_SALT_KEY": "sk-salt",
        "DISABLE_SCHEMA_UPDATE": "true",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    gateway = bench.run(image, "gateway", environment=environment)
    address = bench.address(gateway)
    deadline = time.monotonic() + 120
    while (answer := readiness(address)).get("db") != "connected":
        gateway.reload()
        if gateway.status == "exited" or time.monotonic() > deadline:
            pytest.fail(f"the gateway is not ready: {gateway.logs(tail=40).decode()}")
        time.sleep(0.3)
    gateway.stop(timeout=30)
    gateway.reload()
    assert gateway.attrs["State"]["ExitCode"] != KILLED, "it did not stop on TERM"
    return answer


def test_the_migrate_command_fills_an_empty_database_and_the_gateway_starts_on_it(bench: Any, database: Any) -> None:
    code, output = shell(bench, "first", MIGRATE)
    assert (code, output.splitlines()[-1]) == (0, "All migrations have been successfully applied.")
    code, output = shell(bench, "again", MIGRATE)
    assert (code, output.splitlines()[-1]) == (0, "No pending migrations to apply.")
    code, output = shell(bench, "status", MIGRATE.replace("deploy", "status"))
    assert (code, output.splitlines()[-1]) == (0, "Database schema is up to date!")
    assert started(bench, "litellm")["litellm_version"] == "1.81.12"


def test_the_newer_version_builds_migrates_a_database_of_the_default_one_and_starts(bench: Any, database: Any) -> None:
    bench.tags.update(built("litellm:1.109.1"))
    assert shell(bench, "old", MIGRATE)[0] == 0
    code, output = shell(bench, "new", MIGRATE, image="litellm:1.109.1")
    assert (code, output.splitlines()[-1]) == (0, "All migrations have been successfully applied.")
    assert started(bench, "litellm:1.109.1")["db"] == "connected"


@pytest.mark.parametrize("image", ["litellm", "litellm:1.109.1"])
def test_a_callback_that_the_file_names_no_more_is_out_of_the_database_and_others_stay(
    bench: Any, database: Any, image: str
) -> None:
    bench.tags.update(built("litellm:1.109.1"))
    command = litellm_migration.command(["prometheus", "it's"])
    assert run(bench, "without-row", command, image=image)[0] == 0
    said = {"callbacks": ["prometheus", "langfuse"], "success_callback": ["it's"], "failure_callback": None, "x": 1}
    for name in ("litellm_settings", "router_settings"):
        sql(database, f"""INSERT INTO "LiteLLM_Config" VALUES ('{name}', $${json.dumps(said)}$$)""")  # noqa: S608
    assert run(bench, "with-row", command, image=image)[0] == 0
    left = sql(database, 'SELECT param_value FROM "LiteLLM_Config" ORDER BY param_name').splitlines()
    assert [json.loads(each) for each in left] == [{**said, "callbacks": ["langfuse"], "success_callback": []}, said]


def test_a_migration_that_fails_ends_with_its_code_and_so_does_the_next_run(bench: Any, database: Any) -> None:
    folder = "mkdir -p /m/migrations/1_good /m/migrations/2_bad && cd /m"
    schema = 'printf \'datasource db {\\n provider = "postgresql"\\n url = env("DATABASE_URL")\\n}\\n\' >schema.prisma'
    good = "echo 'CREATE TABLE a (i int);' >migrations/1_good/migration.sql"
    bad = "echo 'CREATE TABLE a (i int);' >migrations/2_bad/migration.sql"
    setup = f"{folder} && {schema} && {good} && {bad} && prisma migrate deploy"
    code, output = shell(bench, "first", setup)
    assert code == 1
    for part in ("Error: P3018", "Migration name: 2_bad", 'ERROR: relation "a" already exists'):
        assert part in output
    code, output = shell(bench, "second", setup)
    assert code == 1
    assert "Error: P3009" in output
    repaired = f"{setup}; prisma migrate resolve --applied 2_bad && prisma migrate deploy"
    assert shell(bench, "third", repaired)[0] == 0
    assert sql(database, "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL") == "2"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param("postgresql://litellm:wrong@db:5432/litellm", "P1000", id="wrong password"),
        pytest.param(f"{ADDRESS}-absent", "P1003", id="no such database"),
        pytest.param("postgresql://litellm:secret@127.0.0.1:1/litellm", "P1001", id="nobody answers"),
    ],
)
def test_a_database_that_cannot_be_used_fails_the_migration_without_showing_the_password(
    bench: Any, database: Any, address: str, code: str
) -> None:
    exit_code, output = shell(bench, "job", MIGRATE, address)
    assert exit_code == 1
    assert f"Error: {code}" in output
    assert not [word for word in ("wrong", "secret", PASSWORD, quote(PASSWORD, safe="")) if word in output]


def test_the_schema_push_refuses_to_lose_data_unless_told_to(bench: Any, database: Any) -> None:
    schema = (
        'cd /tmp && printf \'datasource db {\\n provider = "postgresql"\\n url = env("DATABASE_URL")\\n}\\n'
        "model A {\\n id Int @id\\n}\\n' >schema.prisma && prisma db push"
    )
    sql(database, 'CREATE TABLE "A" (id int PRIMARY KEY, old text)')
    sql(database, "INSERT INTO \"A\" VALUES (1, 'x')")
    code, output = shell(bench, "careful", schema)
    assert code == 1
    assert "--accept-data-loss" in output
    assert sql(database, 'SELECT old FROM "A"') == "x"
    assert shell(bench, "bold", f"{schema} --accept-data-loss")[0] == 0


def test_the_image_names_the_official_port_folder_and_command_and_runs_as_root(bench: Any) -> None:
    config = bench.client.images.get(bench.tags["litellm"]).attrs["Config"]
    assert set(config["ExposedPorts"]) == {"4000/tcp"}
    assert (config["WorkingDir"], config["User"]) == ("/app", "")
    assert (config["Entrypoint"], config["Cmd"]) == (["docker/prod_entrypoint.sh"], ["--port", "4000"])


@pytest.mark.parametrize("image", ["postgres", "litellm"])
def test_nothing_of_the_host_stays_in_an_image(bench: Any, image: str) -> None:
    search = (
        "find /run/secrets /var/lib/apt/lists /var/cache/apt /root/.cache /root/.npm /root/.npmrc /root/.config /tmp "
        "/etc/pip.conf /etc/apt/sources.list /etc/apt/sources.list.d -type f 2>/dev/null; "
        "cmp -s /etc/ssl/certs/ca-certificates.crt /host-ca && echo the bundle of the host; true"
    )
    mounts = {"/etc/ssl/certs/ca-certificates.crt": {"bind": "/host-ca", "mode": "ro"}}
    container = bench.run(image, "look", [search], entrypoint=["sh", "-c"], volumes=mounts)
    assert bench.finish(container) == (0, "")
