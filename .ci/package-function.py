"""Packs the Lambda function, and writes the templates that deploy the package.

usage: package-function.py VERSION FOLDER

Takes target/classes, target/lib, target/flowbell-bom.json and template.yaml. Needs
aws-sam-translator. See .ci/dist for the files.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

PACKAGE = "flowbell-function.zip"

# The package's place. What a version of the function fixes has a number, by which it is published
# (see Settings in the template); these parameters belong to it. `sam deploy` needs none: it gives
# each package its own name, and SAM publishes a version for that name.
CODE_PARAMETERS = {
    "CodeBucket": {
        "Type": "String",
        "AllowedPattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        "ConstraintDescription": "must be the name of a bucket",
        "Description": f"The S3 bucket of this Region that has {PACKAGE}.",
    },
    "CodeKey": {
        "Type": "String",
        "AllowedPattern": "^.{1,1024}$",
        "ConstraintDescription": "must be the key of an object",
        "Description": f"The key of {PACKAGE} in the bucket. Give each release its own key, such as"
        f" flowbell/VERSION/{PACKAGE}: CloudFormation doesn't see new contents under the same key.",
    },
}


def pack(package):
    """Writes classes and libraries as `sam build` lays them out; always the same bytes.

    Only libraries in the bill of materials: target/lib has those of the command line as well.
    """
    classes = Path("target/classes")
    files = {str(file.relative_to(classes)): file for file in classes.rglob("*") if file.is_file()}
    for component in json.loads(Path("target/flowbell-bom.json").read_text())["components"]:
        library = f"{component['name']}-{component['version']}.jar"
        files[f"lib/{component['group']}.{library}"] = Path("target/lib", library)
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(files.items()):
            entry = zipfile.ZipInfo(name)  # of 1980-01-01
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, which the permissions are of
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, file.read_bytes())


def replace(text, old, new):
    if text.count(old) != 1:
        sys.exit(f"template.yaml: expected once, found {text.count(old)} times: {old!r}")
    return text.replace(old, new)


def released(template, version, digest):
    """Returns the template with the package instead of the project, and nothing else changed.

    SAM publishes a version for a package in another place. With the digest it does so for another
    package: Lambda publishes no version of the same one, and CloudFormation would fail.
    """
    template = replace(template, "\n  Flowbell reports", f"\n  Flowbell {version} reports")
    template = replace(
        template,
        "\n      CodeUri: .\n",
        f"\n      CodeUri: {PACKAGE}\n      AutoPublishCodeSha256: {digest}\n",
    )
    return replace(
        template,
        "      # Packs class files and run-time libraries, without tests.\n"
        "      BuildMethod: java25\n",
        "",
    )


def processed(template):
    """Returns the template as CloudFormation processes it, with the package as parameters."""
    source = yaml_parse(template)
    bucket, key = ({"Ref": name} for name in CODE_PARAMETERS)
    source["Parameters"] = CODE_PARAMETERS | source["Parameters"]
    source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"].insert(
        0, {"Label": {"default": "The package"}, "Parameters": list(CODE_PARAMETERS)}
    )
    # For the function and, as SAM copies its policy, the alias. See Function in the template.
    source["Metadata"]["cfn-lint"] = {"config": {"ignore_checks": ["W3011"]}}
    resources = source["Resources"]
    resources["Function"]["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    del resources["Function"]["Properties"]["AutoPublishCodeSha256"]
    separator, settings = resources["Settings"]["Properties"]["Content"]["Fn::Join"]
    settings += [bucket, key]
    text = json.dumps(transform(source, {}, managed_policy_loader=None))

    # SAM's name ends with a digest of the code's place, which is always the same here.
    (version,) = [
        name
        for name, resource in json.loads(text)["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Version"
    ]
    result = json.loads(text.replace(f'"{version}"', '"FunctionVersion"'))
    # A version of an update that fails goes with it: Lambda would publish no second one like it.
    # SAM doesn't take this policy.
    result["Resources"]["FunctionVersion"]["DeletionPolicy"] = "RetainExceptOnCreate"
    return result


class TemplateDumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and nothing as a reference to what stands above."""

    def ignore_aliases(self, data):
        return True

    def represent_text(self, text):
        style = "|" if "\n" in text else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


TemplateDumper.add_representer(str, TemplateDumper.represent_text)

version, folder = sys.argv[1], Path(sys.argv[2])
pack(folder / PACKAGE)
digest = hashlib.sha256((folder / PACKAGE).read_bytes()).hexdigest()
template = released(Path("template.yaml").read_text(), version, digest)
(folder / "flowbell.yaml").write_text(template)
(folder / "flowbell-processed.yaml").write_text(
    "# Made from flowbell.yaml, which says why things are as they are.\n"
    + yaml.dump(processed(template), Dumper=TemplateDumper, sort_keys=False, width=100)
)
