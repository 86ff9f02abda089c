"""What all tasks of the gateway have done together, and how much of it went wrong lately.

Takes the samples of one task at a time, gives metrics. Totals never fall: a task that starts anew counts on from what
its predecessor had. Keys, teams and users are summed away, so that Netdata draws one chart a model, and no name of a
person leaves the gateway. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from .exposition import Metric, Sample

REQUESTS = "litellm_proxy_total_requests_metric_total"
FAILED = "litellm_proxy_failed_requests_metric_total"
# What is passed on, by which name and with which text.
PASSED_ON = {
    REQUESTS: ("llmproxy_gateway_requests_total", "Requests to the gateway."),
    FAILED: ("llmproxy_gateway_failed_requests_total", "Requests that got no good answer."),
    "litellm_input_tokens_metric_total": ("llmproxy_gateway_input_tokens_total", "Tokens sent to models."),
    "litellm_output_tokens_metric_total": ("llmproxy_gateway_output_tokens_total", "Tokens that models answered."),
    "litellm_spend_metric_total": ("llmproxy_gateway_spend_usd_total", "What it cost, in dollars."),
    "litellm_request_total_latency_metric_sum": ("llmproxy_gateway_latency_seconds_total", "Time of all requests."),
    "litellm_request_total_latency_metric_count": ("llmproxy_gateway_answers_total", "Answers that latency counts."),
}
MODEL_LABELS = ("requested_model", "model", "model_group")
# A client may ask for any name; Netdata draws a chart for each.
MOST_MODELS, OTHER = 200, "other"
# A client's fault is none of the gateway: only these, and those without a status, count as errors.
SERVER_ERROR = "5"


class Totals:
    """See the module.

    Args:
        window_seconds: How far back the error ratio looks.
        fewest_requests: With fewer in that time the ratio is 0: one failure of two says nothing.
    """

    def __init__(self, *, window_seconds: float, fewest_requests: int) -> None:
        self._window, self._fewest = window_seconds, fewest_requests
        self._seen: dict[tuple[str, str, tuple[tuple[str, str], ...]], float] = {}
        self._totals: dict[str, dict[str, float]] = {name: {} for name in PASSED_ON}
        self._requests = self._errors = 0.0
        self._past: deque[tuple[float, float, float]] = deque()
        self._tasks = 0

    def add(self, task: str, samples: Iterable[Sample]) -> None:
        """Adds what one task has done since it was asked last."""
        for sample in samples:
            if sample.name not in PASSED_ON:
                continue
            key = (task, sample.name, tuple(sorted(sample.labels.items())))
            before = self._seen.get(key, 0.0)
            self._seen[key] = sample.value
            self._count(sample, sample.value - before if sample.value >= before else sample.value)

    def looked(self, now: float, *, tasks: int) -> None:
        """Marks the end of a round in which so many tasks answered."""
        self._tasks = tasks
        self._past.append((now, self._requests, self._errors))
        while len(self._past) > 1 and self._past[0][0] < now - self._window:
            self._past.popleft()

    def metrics(self) -> list[Metric]:
        """All that is served."""
        passed_on = [
            Metric(ours, "counter", text, self._totals[theirs] or {"": 0.0}, label="model")
            for theirs, (ours, text) in PASSED_ON.items()
        ]
        ratio = "Errors of the last minutes in percent of the requests."
        return [
            *passed_on,
            Metric("llmproxy_gateway_error_ratio_percent", "gauge", ratio, {"": self._error_ratio()}),
            Metric("llmproxy_gateway_tasks", "gauge", "Tasks that answered.", {"": float(self._tasks)}),
        ]

    def _count(self, sample: Sample, increase: float) -> None:
        models = [sample.labels[name] for name in MODEL_LABELS if sample.labels.get(name)]
        model = models[0] if models else ""
        by_model = self._totals[sample.name]
        if model not in by_model and len(by_model) >= MOST_MODELS:
            model = OTHER
        by_model[model] = by_model.get(model, 0.0) + increase
        if sample.name == REQUESTS:
            self._requests += increase
        if sample.name == FAILED and sample.labels.get("exception_status", SERVER_ERROR).startswith(SERVER_ERROR):
            self._errors += increase

    def _error_ratio(self) -> float:
        if not self._past:
            return 0.0
        (_, requests, errors), (_, requests_now, errors_now) = self._past[0], self._past[-1]
        asked = requests_now - requests
        if asked < max(self._fewest, 1):
            return 0.0
        return round(min(100.0, 100 * (errors_now - errors) / asked), 2)
