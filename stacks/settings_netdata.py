"""The setting `netdata`: monitoring, its alarms and where they are sent. A part of `settings.py`. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from stacks.settings_base import ON_EVERY_NODE, Resources, RoutedService, Strict
from stacks.settings_types import Email, HostName, OneLine, Port

Percent = Annotated[float, Field(gt=0, le=100)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class Threshold(Strict):
    """Two steps of one alarm."""

    warning: Percent = Field(description="From here on it warns, in percent.")
    critical: Percent = Field(description="From here on it is critical, in percent; more than `warning`.")

    @model_validator(mode="after")
    def _rises(self) -> Threshold:
        if self.critical <= self.warning:
            raise ValueError(
                f"found warning {self.warning:g} and critical {self.critical:g}; allowed is a critical that is higher; "
                "raise critical or lower warning"
            )
        return self


class Alarms(Strict):
    """From when on the shipped alarms fire."""

    disk_used: Threshold = Field(
        Threshold(warning=80, critical=90), description="Used part of a file system, in percent."
    )
    database_connections: Threshold = Field(
        Threshold(warning=80, critical=90), description="Used part of a database's connections, in percent."
    )
    error_ratio: Threshold = Field(
        Threshold(warning=5, critical=20),
        description="Failed part of the gateway's requests, in percent; what a client did wrong does not count.",
    )
    error_ratio_requests: int = Field(
        20, ge=1, description="With fewer requests in errorRatioSeconds the ratio counts as 0."
    )
    error_ratio_seconds: Seconds = Field(300, description="How far back the error ratio looks, in seconds.")
    gateway_slow_milliseconds: int = Field(
        2000, ge=1, description="The gateway's health page took longer than this on average, in milliseconds."
    )
    certificate_days: int = Field(14, ge=1, description="A certificate ends in fewer days than this: warning.")
    certificate_critical_days: int = Field(3, ge=0, description="A certificate ends in fewer days: critical.")
    window_seconds: Seconds = Field(60, description="What an alarm looks at is averaged over this long, in seconds.")
    every_seconds: Seconds = Field(10, description="How often an alarm is looked at, in seconds.")

    @model_validator(mode="after")
    def _certificate_days_fall(self) -> Alarms:
        if self.certificate_critical_days >= self.certificate_days:
            raise ValueError(
                f"found certificateDays {self.certificate_days} and certificateCriticalDays "
                f"{self.certificate_critical_days}; allowed is a certificateCriticalDays that is smaller; lower it"
            )
        return self


class Mail(Strict):
    """A mail server. Its password, where it wants one, is the secret `llmproxy:netdata-smtp-password`."""

    host: HostName = Field(description="Host name of the SMTP server.")
    port: Port = Field(587, description="Its port.")
    tls: bool = Field(True, description="Speak TLS: from the first byte on port 465, by STARTTLS on any other.")
    user: OneLine | None = Field(None, description="User; null sends without logging in.")
    sender: Email = Field(description="Address that the mails come from.")
    recipients: list[Email] = Field(description="Addresses that they go to.")

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Mail:
        if not self.recipients:
            raise ValueError("found no recipients; allowed is one address or more; name one, or leave mail out")
        return self


class Notify(Strict):
    """The ways in which alarms reach people."""

    webhook: bool = Field(
        False, description="POST each alarm as JSON to the URL in the secret llmproxy:netdata-webhook-url."
    )
    mail: Mail | None = Field(None, description="Send each alarm by mail.")


class Discovery(Strict):
    """The services that tell Netdata what to look at. They run wherever Netdata does."""

    CANNOT_BE_SET = ON_EVERY_NODE

    image: str | None = Field(None, min_length=1, description="A Python image instead of the one of imageSource.")
    resources: Resources = Field(Resources(), description="Limits of each of their tasks.")


class Netdata(RoutedService):
    """Monitoring: Netdata on every node, always behind basic auth."""

    CANNOT_BE_SET = ON_EVERY_NODE

    retention_gib: int = Field(
        10, ge=1, le=10_000, description="Disk that all metrics of one node may take together, in GiB."
    )
    alarms: Alarms = Field(Alarms(), description="From when on alarms fire.")
    notify: Notify = Field(Notify(), description="Where alarms are sent.")
    discovery: Discovery = Field(Discovery(), description="What finds databases and sums up the gateway's metrics.")
