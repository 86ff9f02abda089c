"""The users file of basic auth, for the services that ask for a password before they answer.

Takes an environment, gives the file's text as a secret: from the htpasswd line of the stack config where it has one,
else from `ingress.basicAuthUser` and the secret basic-auth-password (given or derived from the salt key).
"""

from __future__ import annotations

import pulumi

from stacks import password_file
from stacks.derived_secrets import secret
from stacks.environment import Environment
from stacks.secret_needs import BASIC_AUTH, HTPASSWD


def users_file(environment: Environment) -> pulumi.Output[str]:
    """The text of the file."""
    given = environment.secrets.ingress.get(HTPASSWD)
    if given is not None:
        return given.apply(lambda line: f"{password_file.given_line(line)}\n")
    user = environment.settings.ingress.basic_auth_user
    both = pulumi.Output.all(secret(environment, BASIC_AUTH), environment.secrets.salt_key)
    return both.apply(lambda pair: f"{password_file.hashed_line(user, pair[0], salt_key=pair[1])}\n")
