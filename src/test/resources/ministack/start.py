"""Starts MiniStack, and teaches it what version 1.5.33 lacks.

CloudFormation: Fn::Split inside a condition. The template tells a VPC from a subnet by the id's prefix, in a condition, as CloudFormation allows:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html

EC2: the log group and the format of a flow log, and the filter by log group. It takes both from CreateFlowLogs, and forgets them:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html

Lambda: a place to run a function whose name CloudFormation makes. FLOWBELL_LAMBDA_PROXY is the address for every function.

CloudWatch: speed. It looks for data that are two weeks old at each request, and so at all data: a hundred thousand payloads take hours. Every thousandth request does.
"""

import itertools
import os
import sys
from xml.etree import ElementTree

from ministack.app import main
from ministack.services import cloudformation, cloudwatch, ec2, lambda_svc
from ministack.services.cloudformation import engine

evaluate_conditions = engine._evaluate_conditions


def with_splits_done(expression, parameters):
    if isinstance(expression, list):
        return [with_splits_done(each, parameters) for each in expression]
    if not isinstance(expression, dict):
        return expression
    if "Fn::Split" in expression:
        delimiter, text = expression["Fn::Split"]
        if isinstance(text, dict):
            text = parameters[text["Ref"]]["Value"]
        return text.split(delimiter)
    return {key: with_splits_done(value, parameters) for key, value in expression.items()}


def evaluate_conditions_with_splits(template, parameters):
    conditions = with_splits_done(template.get("Conditions", {}), parameters)
    return evaluate_conditions({**template, "Conditions": conditions}, parameters)


for module in list(sys.modules.values()):
    if module.__name__.startswith(cloudformation.__name__) and hasattr(module, "_evaluate_conditions"):
        module._evaluate_conditions = evaluate_conditions_with_splits

proxy_url_for = lambda_svc._proxy_url_for
lambda_svc._proxy_url_for = lambda config: proxy_url_for(config) or os.environ.get("FLOWBELL_LAMBDA_PROXY")

EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
FORGOTTEN = {"logGroupName": "LogGroupName", "logFormat": "LogFormat"}

create_flow_logs = ec2._create_flow_logs
describe_flow_logs = ec2._describe_flow_logs


def create_flow_logs_whole(params):
    before = set(ec2._flow_logs.keys())
    answer = create_flow_logs(params)
    for flow_log_id in set(ec2._flow_logs.keys()) - before:
        for parameter in FORGOTTEN.values():
            ec2._flow_logs[flow_log_id][parameter] = ec2._p(params, parameter)
    return answer


def describe_flow_logs_whole(params):
    status, headers, body = describe_flow_logs(params)
    log_groups = ec2._parse_filters(params).get("log-group-name")
    root = ElementTree.fromstring(body)
    flow_logs = root.find(f"{{{EC2_NAMESPACE}}}flowLogSet")
    for item in list(flow_logs):
        flow_log = ec2._flow_logs[item.findtext(f"{{{EC2_NAMESPACE}}}flowLogId")]
        if log_groups and flow_log.get("LogGroupName") not in log_groups:
            flow_logs.remove(item)
        for name, parameter in FORGOTTEN.items():
            if flow_log.get(parameter):
                ElementTree.SubElement(item, f"{{{EC2_NAMESPACE}}}{name}").text = flow_log[parameter]
    return status, headers, ElementTree.tostring(root)


ec2._ACTION_MAP["CreateFlowLogs"] = create_flow_logs_whole
ec2._ACTION_MAP["DescribeFlowLogs"] = describe_flow_logs_whole

evict_old_metrics = cloudwatch._evict_old_metrics
cloudwatch_requests = itertools.count(1)


def evict_old_metrics_now_and_then():
    if next(cloudwatch_requests) % 1_000 == 0:
        evict_old_metrics()


cloudwatch._evict_old_metrics = evict_old_metrics_now_and_then

main()
