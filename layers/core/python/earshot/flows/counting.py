"""One metric per outcome, written as an embedded-metric log line at once.

Powertools' own collector flushes at the end of an invocation, which a killed container never
reaches; a single metric is written when it happens.
"""

from aws_lambda_powertools.metrics import MetricUnit, single_metric


def count(name: str, value: int = 1) -> None:
    with single_metric(name=name, unit=MetricUnit.Count, value=value):
        pass


def took(name: str, seconds: int) -> None:
    with single_metric(name=name, unit=MetricUnit.Seconds, value=seconds):
        pass
