"""Alarms that every function has: it fails, or it is throttled."""

from typing import Any

_METRICS = {"Errors": "fails", "Throttles": "is throttled"}


def of_functions(logical_ids: dict[str, str]) -> dict[str, Any]:
    """Alarm resources for the functions of one template, given as logical id by name."""
    return {
        f"{logical_id}{metric}Alarm": _alarm(logical_id, metric, f"{name} {what}")
        for name, logical_id in logical_ids.items()
        for metric, what in _METRICS.items()
    }


def _alarm(logical_id: str, metric: str, description: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": description,
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": logical_id}}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": ["${Data.AlarmTopicArn}"],
        },
    }
