"""Prints a template, of SAM or plain, as CloudFormation would see it with given parameters, as JSON: transformed, conditions decided, intrinsic functions
resolved. What only AWS knows stays readable: a Ref is the resource's logical id, Fn::GetAtt is id.Attribute.

usage: resolve.py TEMPLATE [NAME=VALUE ...] [-- NAME=VALUE ...] ...

Prints "Templates", with an object for each set of parameters. "References" has what each property of a resource refers to, by logical id; "CreateOnly" has
the properties, of each type, whose change makes CloudFormation replace the resource, and "Permissions" has what its handlers of the type may call: from
its registry, as cfn-lint has it.
"""

import json
import re
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/flowbell/0b1c2a7e-41a5-4c1e-8a53-3a0f5a1d9c02",
    "AWS::StackName": "flowbell",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = object()


class Resolver:
    def __init__(self, template, parameters):
        unknown = parameters.keys() - template["Parameters"].keys() - PSEUDO_PARAMETERS.keys()
        assert not unknown, f"no such parameters: {unknown}"
        self.template = template
        self.referred = set()
        self.values = {name: each.get("Default") for name, each in template["Parameters"].items()} | PSEUDO_PARAMETERS | parameters

    def holds(self, condition):
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((function, argument),) = condition.items()
        if function == "Condition":
            return self.holds(argument)
        if function == "Fn::Equals":
            left, right = (self.resolve(each) for each in argument)
            return str(left) == str(right)
        if function == "Fn::Contains":
            values, value = (self.resolve(each) for each in argument)
            return value in values
        results = [self.holds(each) for each in argument]
        return {"Fn::Not": lambda: not results[0], "Fn::And": lambda: all(results), "Fn::Or": lambda: any(results)}[function]()

    def ref(self, name):
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.values:
            return self.values[name]
        resource = self.template["Resources"][name]
        assert self.exists(resource), f"{name} is referred to, and its condition is off"
        self.referred.add(name)
        return name

    def attribute(self, name, attribute):
        assert self.exists(self.template["Resources"][name]), f"{name}.{attribute} is referred to, and the condition of {name} is off"
        self.referred.add(name)
        return f"{name}.{attribute}"

    def exists(self, resource):
        return "Condition" not in resource or self.holds(resource["Condition"])

    def substitute(self, argument):
        text, variables = argument if isinstance(argument, list) else (argument, {})
        values = {name: self.resolve(value) for name, value in variables.items()}

        def replacement(match):
            name = match.group(1)
            if name in values:
                return str(values[name])
            return str(self.attribute(*name.split(".", 1)) if "." in name else self.ref(name))

        return re.sub(r"\$\{([^!}][^}]*)\}", replacement, text)

    def resolve(self, node):
        if isinstance(node, list):
            return [each for each in map(self.resolve, node) if each is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            if function == "Ref":
                return self.ref(argument)
            if function == "Fn::GetAtt":
                return self.attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            if function == "Fn::Sub":
                return self.substitute(argument)
            if function == "Fn::If":
                return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])
            if function == "Fn::FindInMap":
                table, row, column = (self.resolve(each) for each in argument)
                return self.template["Mappings"][table][row][column]
            if function == "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
            if function == "Fn::Select":
                return self.resolve(argument[1])[int(argument[0])]
            if function == "Fn::Join":
                return argument[0].join(str(each) for each in self.resolve(argument[1]))
            assert not function.startswith("Fn::"), f"unknown to this script: {function}"
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def references(self, resource):
        found = {}
        for name, value in resource.get("Properties", {}).items():
            self.referred = set()
            self.resolve(value)
            found[name] = sorted(self.referred)
        return found

    def result(self):
        resources = {name: each for name, each in self.template["Resources"].items() if self.exists(each)}
        outputs = {name: each for name, each in self.template["Outputs"].items() if self.exists(each)}
        metadata = self.template["Metadata"]
        return {
            "Metadata": metadata,
            "Parameters": self.template["Parameters"],
            "Resources": self.resolve(resources),
            "Outputs": self.resolve(outputs),
            "Refusals": [
                each["AssertDescription"]
                for rule in self.template["Rules"].values()
                if "RuleCondition" not in rule or self.holds(rule["RuleCondition"])
                for each in rule["Assertions"]
                if not self.holds(each["Assert"])
            ],
            "References": {name: self.references(each) for name, each in resources.items()},
            "CreateOnly": {each["Type"]: create_only(each["Type"]) for each in resources.values()},
            "Permissions": {each["Type"]: permissions(each["Type"]) for each in resources.values()},
        }


def registered(resource_type):
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema


def permissions(resource_type):
    handlers = registered(resource_type).get("handlers", {})
    return sorted({each for name in ("create", "read", "update", "delete") for each in handlers.get(name, {}).get("permissions", [])})


def create_only(resource_type):
    schema = registered(resource_type)
    return [path.split("/")[2] for path in schema.get("createOnlyProperties", [])]


with open(sys.argv[1]) as file:
    source = yaml_parse(file.read())
if "Transform" in source:
    # `sam deploy` puts the uploaded package's address here.
    source["Resources"]["Function"]["Properties"]["CodeUri"] = "s3://bucket/package"
    source = transform(source, {}, managed_policy_loader=None)
sets = [{}]
for argument in sys.argv[2:]:
    if argument == "--":
        sets.append({})
    else:
        name, value = argument.split("=", 1)
        sets[-1][name] = value
json.dump({"Templates": [Resolver(source, each).result() for each in sets]}, sys.stdout, indent=1)
