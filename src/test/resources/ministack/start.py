"""Starts MiniStack, and teaches its CloudFormation what version 1.5.33 lacks: Fn::Split inside a condition.

The template tells a VPC from a subnet by the id's prefix, in a condition, as CloudFormation allows:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
"""

import sys

from ministack.app import main
from ministack.services import cloudformation
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

main()
