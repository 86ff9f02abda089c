"""The Pulumi program: settings, secrets, deploy."""

from stacks import program

settings = program.read_settings()
secrets = program.read_secrets(settings)
program.deploy(settings, secrets)
