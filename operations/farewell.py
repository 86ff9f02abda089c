"""What `make up` ends with: where everything is, how to try it as it is typed, and what to type next.

Takes a pulumi and the settings; gives the lines.
"""

import json
import shlex

from operations import authority, dev_certificate, state
from operations.pulumi_process import Pulumi
from stacks import dns_records
from stacks.settings import Settings

GATEWAY = "litellm"


def farewell(pulumi: Pulumi, settings: Settings) -> str:
    """Where the gateway and the other services are, how to try them, and what to type next."""
    outputs, stack = state.outputs(state.deployment(pulumi)), pulumi.home.for_make
    urls, file = dns_records.urls(settings), authority.file_in(pulumi.places.home)
    trusted = (
        str(file)
        if dev_certificate.is_wanted(pulumi.places.clone, pulumi.home.stack, settings) and file.exists()
        else None
    )
    rows = [
        ("gateway", str(outputs.get("gatewayUrl"))),
        (
            "UI",
            f'{outputs.get("uiUrl")} (user admin; password: eval "$(make -s env{stack})"; '
            "pulumi config get llmproxy:litellm-master-key)",
        ),
        ("key", f"make -s key{stack}"),
        ("try it", _curl(str(outputs.get("gatewayUrl")), outputs.get("modelAlias"), stack)),
        *((service, url) for service, url in urls.items()),
        *([("trust", dev_certificate.trust(trusted))] if trusted else []),
        *([("try HTTPS", _curl(urls[GATEWAY], outputs.get("modelAlias"), stack, trusted))] if GATEWAY in urls else []),
        ("next", f"make preview{stack}   make status{stack}   make doctor{stack}   make down{stack}"),
    ]
    width = max(9, *(len(name) + 2 for name, _ in rows))
    return "\n".join(f"{name + ':':<{width}} {value}" for name, value in rows)


def _curl(url: str, model: object, stack: str, authority_file: str | None = None) -> str:
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]})
    trusting = f" --cacert {shlex.quote(authority_file)}" if authority_file else ""
    return (
        f'curl -sS{trusting} {shlex.quote(f"{url}/v1/chat/completions")} -H "Authorization: Bearer '
        f"$(make -s key{stack})\" -H 'Content-Type: application/json' -d {shlex.quote(body)}"
    )
