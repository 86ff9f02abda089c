"""The sum of the gateway's metrics: over tasks and restarts, without names of people, with an error ratio."""

from __future__ import annotations

from components.gateway_metrics.exposition import Sample, render, samples
from components.gateway_metrics.totals import FAILED, REQUESTS, Totals

PAGE = """# HELP litellm_proxy_total_requests_metric_total All
# TYPE litellm_proxy_total_requests_metric_total counter
litellm_proxy_total_requests_metric_total{requested_model="m",user_email="a@b.c",team="t \\"x\\""} 7.0
litellm_proxy_total_requests_metric_created{requested_model="m"} 1.7e+09
process_open_fds 12
nonsense
"""


def requests(count: float, model: str = "m", **labels: str) -> Sample:
    return Sample(REQUESTS, count, {"requested_model": model, **labels})


def failed(count: float, status: str) -> Sample:
    return Sample(FAILED, count, {"requested_model": "m", "exception_status": status})


def totals() -> Totals:
    return Totals(window_seconds=300, fewest_requests=10)


def test_samples_are_read_with_their_labels_and_what_is_none_is_passed_over() -> None:
    found = list(samples(PAGE))
    assert [sample.name for sample in found] == [
        "litellm_proxy_total_requests_metric_total",
        "litellm_proxy_total_requests_metric_created",
        "process_open_fds",
    ]
    assert found[0].labels["requested_model"] == "m"


def test_tasks_and_their_people_are_summed_to_one_number_a_model() -> None:
    summed = totals()
    summed.add("10.0.0.1", [requests(3, user="a"), requests(2, user="b"), requests(1, "other")])
    summed.add("10.0.0.2", [requests(5, user="a")])
    text = render(summed.metrics())
    assert 'llmproxy_gateway_requests_total{model="m"} 10' in text
    assert 'llmproxy_gateway_requests_total{model="other"} 1' in text
    assert "user" not in text


def test_a_task_that_starts_anew_counts_on() -> None:
    summed = totals()
    for count in (8, 10, 3):
        summed.add("10.0.0.1", [requests(count)])
    assert 'llmproxy_gateway_requests_total{model="m"} 13' in render(summed.metrics())


def test_the_error_ratio_is_of_the_window_and_counts_servers_faults_only() -> None:
    summed = totals()
    summed.add("t", [requests(1000), failed(900, "500")])
    summed.looked(0, tasks=1)
    summed.add("t", [requests(1100), failed(910, "500"), failed(40, "429")])
    summed.looked(100, tasks=1)
    assert "llmproxy_gateway_error_ratio_percent 10\n" in render(summed.metrics())
    summed.add("t", [requests(1200), failed(910, "500")])
    summed.looked(401, tasks=1)
    assert "llmproxy_gateway_error_ratio_percent 0\n" in render(summed.metrics())


def test_few_requests_give_no_ratio() -> None:
    summed = totals()
    summed.looked(0, tasks=1)
    summed.add("t", [requests(9), failed(9, "500")])
    summed.looked(10, tasks=1)
    assert "llmproxy_gateway_error_ratio_percent 0\n" in render(summed.metrics())


def test_before_the_first_look_the_page_is_complete() -> None:
    names = {sample.name for sample in samples(render(totals().metrics()))}
    assert {"llmproxy_gateway_requests_total", "llmproxy_gateway_tasks"} <= names


def test_names_that_clients_make_up_do_not_grow_for_ever() -> None:
    summed = totals()
    summed.add("t", [requests(1, f"model-{number}") for number in range(300)])
    text = render(summed.metrics())
    assert text.count("llmproxy_gateway_requests_total{") == 201
    assert 'llmproxy_gateway_requests_total{model="other"} 100' in text
