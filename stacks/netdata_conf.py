"""Netdata's own files: `netdata.conf`, how alarms are sent, the mail program's settings.

Takes the settings, gives texts for the official image, which knows `retention size` (Debian's 1.37 passes over what it
does not know). They hold no secret: what sends an alarm reads URL and password from files when it sends. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from stacks.alarms import ROLE
from stacks.settings_netdata import Mail, Notify

MIB_PER_GIB = 1024
# Netdata raises a smaller tier to this.
SMALLEST_TIER_MIB = 256
# Of per second, per minute and per hour: with these all three last weeks, months and years.
MINUTES_PART, HOURS_PART = 0.2, 0.1


def tiers_mib(retention_gib: int) -> tuple[int, int, int]:
    """How much disk each tier of the database may take; together exactly what is given."""
    whole = retention_gib * MIB_PER_GIB
    minutes, hours = (max(SMALLEST_TIER_MIB, int(whole * part)) for part in (MINUTES_PART, HOURS_PART))
    return whole - minutes - hours, minutes, hours


def netdata_conf(retention_gib: int, *, naming_script: str) -> str:
    """The text of `netdata.conf`; the script gives containers their names."""
    sizes = tiers_mib(retention_gib)
    tiers = [
        f"    dbengine tier {tier} retention {what}"
        for tier, size in enumerate(sizes)
        for what in (f"size = {size}MiB", "time = 0")
    ]
    return "\n".join(
        [
            "[global]",
            "    # Nothing is fetched from outside, nothing is told there.",
            "[db]",
            "    mode = dbengine",
            f"    storage tiers = {len(sizes)}",
            *tiers,
            "[plugins]",
            "    enable running new plugins = yes",
            "    python.d = no",
            "    charts.d = no",
            "[plugin:apps]",
            "    # apps.plugin has no switch for its I/O alone; without files it leaves out what costs most a process.",
            "    command options = without-files",
            "[plugin:cgroups]",
            f"    script to get cgroup names = {naming_script}",
            "    # The helper cannot enter the name spaces of other containers from within one.",
            "    script to get cgroup network interfaces = /bin/true",
            "[registry]",
            "    enabled = no",
            "[cloud]",
            "    enabled = no",
            "[health]",
            "    enabled = yes",
            "",
        ]
    )


def notify_conf(settings: Notify, *, webhook_file: str) -> str:
    """The text of `health_alarm_notify.conf`, a bash script that Netdata's sender reads after its own."""
    mail = settings.mail
    recipients = " ".join(mail.recipients) if mail else ""
    return "\n".join(
        [
            "# Only the alarms of llmproxy.conf are sent; those that Netdata brings show in its pages.",
            f'SEND_EMAIL="{"YES" if mail else "NO"}"',
            f'EMAIL_SENDER="{mail.sender if mail else ""}"',
            'DEFAULT_RECIPIENT_EMAIL="disabled"',
            f'role_recipients_email[{ROLE}]="{recipients or "disabled"}"',
            f'SEND_CUSTOM="{"YES" if settings.webhook else "NO"}"',
            # With an empty one the sender would not look at the roles.
            'DEFAULT_RECIPIENT_CUSTOM="disabled"',
            f'role_recipients_custom[{ROLE}]="{"webhook" if settings.webhook else "disabled"}"',
            *_webhook(webhook_file),
        ]
    )


def msmtprc(mail: Mail, *, password_file: str) -> str:
    """The text of `/etc/msmtprc`, which the image's `sendmail` reads."""
    login = ["auth on", f"user {mail.user}", f"passwordeval cat {password_file}"] if mail.user else ["auth off"]
    is_wrapped = mail.port == 465
    secured = ["tls on", f"tls_starttls {'off' if is_wrapped else 'on'}"] if mail.tls else ["tls off"]
    lines = [f"host {mail.host}", f"port {mail.port}", f"from {mail.sender}", "timeout 20", *secured, *login]
    return "\n".join(["defaults", *lines, "account default", ""])


def _webhook(url_file: str) -> Sequence[str]:
    """The sender. The URL is a secret: it goes to curl by a pipe, never as an argument."""
    fields = "name status old_status host chart value_string info when"
    return [
        "custom_sender() {",
        "    local url body code",
        f'    url=$(< "{url_file}")',
        "    body=$(jq --null-input --compact-output \\",
        *(f'        --arg {name} "${{{name}}}" \\' for name in fields.split()),
        f"        '{{{', '.join(f'{name}: ${name}' for name in fields.split())}}}')",
        "    code=$(curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' \\",
        "        --header 'Content-Type: application/json' --data-binary \"${body}\" \\",
        '        --config <(printf \'url = "%s"\\n\' "${url//[\\"\\\\]/}"))',
        '    if [ "${code:0:1}" = 2 ]; then',
        '        info "sent ${name} ${status} to the webhook"',
        "        return 0",
        "    fi",
        '    error "the webhook answered ${name} ${status} with ${code}"',
        "    return 1",
        "}",
        "",
    ]
