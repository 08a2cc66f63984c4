"""Calls `taskbound local` with AWS's own CLI and with boto3, as a person would who looks around. The environment has its variables.

Prints each call. The last line has the counts; exits with 1 if a call was not answered, or its answer lacks what it should have.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "guides" / "from-python"))
from taskbound_client import Taskbound  # noqa: E402

STACK = "Taskbound"
AWS = [str(Path(sys.executable).with_name("aws"))]
answered = []
failed = []


def attempt(name, call, expect=bool):
    """Makes a call, and checks that its answer has what it should have."""
    try:
        answer = call()
        if not expect(answer):
            raise AssertionError(f"unexpected answer: {str(answer)[:300]}")
    except Exception as error:  # every failure is counted
        failed.append(name)
        print(f"FAILED {name}: {type(error).__name__}: {error}")
        return None
    answered.append(name)
    print(f"ok     {name}")
    return answer


def cli(*words, expect=bool):
    """One call of AWS's CLI."""

    def run():
        done = subprocess.run([*AWS, *words, "--output", "json"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout

    return attempt("aws " + " ".join(words), run, expect)


def sdk(service, operation, expect=bool, **parameters):
    """One call of boto3."""
    shown = ", ".join(f"{name}={value!r}" for name, value in parameters.items())[:100]
    client = boto3.client(service)
    return attempt(f"boto3 {service}.{operation}({shown})", lambda: getattr(client, operation)(**parameters), expect)


def pages(service, operation, key, config, **parameters):
    """All pages of a list, with the SDK's paginator."""
    paginator = boto3.client(service).get_paginator(operation)

    def run():
        found = list(paginator.paginate(PaginationConfig=config, **parameters))
        assert len(found) > 1, "one page only"
        return [item for page in found for item in page[key]]

    return attempt(f"boto3 {service}.{operation} in pages", run)


def one(answer, *path):
    """A value inside an answer that may have failed."""
    for part in path:
        if answer is None:
            return "unknown"
        answer = answer[part]
    return answer


def stack_outputs():
    """The outputs of the stack by name."""
    [found] = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def stack_manifest():
    """What a client must know about the stack."""
    parameter = boto3.client("ssm").get_parameter(Name=f"/taskbound/{STACK}/manifest")
    return json.loads(parameter["Parameter"]["Value"])


def requesters(manifest):
    """The ARN of the role in which people submit tasks."""
    return next(role["arn"] for role in manifest["roles"] if role["name"].startswith("Requesters"))


def person(manifest, name="ann"):
    """A session of a person in the role of requesters, as IAM's trust policy wants it."""
    key = boto3.client("iam").create_access_key(UserName=name)["AccessKey"]
    user = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
    role = user.client("sts").assume_role(RoleArn=requesters(manifest), RoleSessionName=name)["Credentials"]
    return boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])


def submit_from_boto3(manifest):
    """Submits a task as the guide for Python does, and waits for its end."""
    session = person(manifest)
    request = {
        "type": "object-transfer",
        "reason": "submitted from Python",
        "parameters": {"sourceKey": "exports/2026-11-23.csv", "destinationKey": "in/2026-11-23.csv"},
    }

    def run():
        stack = Taskbound(STACK, session)
        task = stack.submit(request)
        row = stack.wait_until_closed(task["boundaryId"])
        return {**task, "outcome": row["outcome"]["S"], "phase": row["phase"]["S"]}

    return attempt(
        "boto3 submit a task, signed, and wait until it is closed",
        run,
        lambda row: row["outcome"] == "succeeded" and row["phase"] == "closed",
    )


def look_with_cli(outputs, manifest):
    cli("sts", "get-caller-identity", expect=lambda a: a["Account"] == "111122223333")
    cli("cloudformation", "describe-stacks")
    cli("cloudformation", "list-stack-resources", "--stack-name", STACK, expect=lambda a: len(a["StackResourceSummaries"]) > 100)
    cli("s3", "ls", expect=lambda a: outputs["source"] in a)
    cli("s3", "ls", f"s3://{outputs['source']}", "--recursive", expect=lambda a: "exports/" in a)
    cli("s3api", "get-bucket-location", "--bucket", outputs["source"], expect=lambda a: a["LocationConstraint"] == "eu-central-1")
    cli("lambda", "list-functions", expect=lambda a: len(a["Functions"]) > 10)
    cli("dynamodb", "list-tables", expect=lambda a: manifest["ledgerTable"] in a["TableNames"])
    cli("stepfunctions", "list-state-machines", expect=lambda a: len(a["stateMachines"]) >= 3)
    cli("logs", "describe-log-groups", expect=lambda a: len(a["logGroups"]) > 5)
    cli("iam", "list-roles", "--max-items", "5", expect=lambda a: len(a["Roles"]) == 5)
    cli("kms", "list-aliases")
    cli("ssm", "describe-parameters", expect=lambda a: len(a["Parameters"]) >= 3)
    cli("secretsmanager", "list-secrets", expect=lambda a: len(a["SecretList"]) >= 1)
    cli("events", "list-rules", expect=lambda a: len(a["Rules"]) >= 1)
    cli("scheduler", "list-schedules", expect=lambda a: len(a["Schedules"]) >= 1)
    # Version 1 of the CLI has an address of its own for SQS, which AWS_ENDPOINT_URL does not replace.
    cli("sqs", "list-queues", "--endpoint-url", os.environ["AWS_ENDPOINT_URL"], expect=lambda a: len(a["QueueUrls"]) >= 1)
    cli("sns", "list-topics", expect=lambda a: len(a["Topics"]) >= 1)
    cli("cloudwatch", "describe-alarms", expect=lambda a: len(a["MetricAlarms"]) >= 1)


def look_at_workflows(task):
    machines = sdk("stepfunctions", "list_state_machines")
    arn = one(task, "executionArn").replace(":execution:", ":stateMachine:").rsplit(":", 1)[0]
    sdk("stepfunctions", "describe_state_machine", stateMachineArn=arn, expect=lambda a: "RunWork" in a["definition"])
    sdk("stepfunctions", "list_tags_for_resource", resourceArn=one(machines, "stateMachines", 0, "stateMachineArn"))
    sdk("stepfunctions", "list_executions", stateMachineArn=arn, expect=lambda a: len(a["executions"]) == 1)
    execution = one(task, "executionArn")
    sdk("stepfunctions", "describe_execution", executionArn=execution, expect=lambda a: a["status"] == "SUCCEEDED")
    sdk("stepfunctions", "get_execution_history", executionArn=execution, maxResults=500, expect=lambda a: len(a["events"]) > 20)
    sdk("stepfunctions", "describe_state_machine_for_execution", executionArn=execution)
    pages("stepfunctions", "list_state_machines", "stateMachines", {"PageSize": 2})


def look_at_functions():
    functions = sdk("lambda", "list_functions", expect=lambda a: len(a["Functions"]) > 10)
    names = [function["FunctionName"] for function in (functions or {"Functions": []})["Functions"]]
    submitting = next((name for name in names if "Submit" in name and "Scheduled" not in name), "unknown")
    sdk("lambda", "get_function", FunctionName=submitting, expect=lambda a: a["Configuration"]["Runtime"].startswith("nodejs"))
    sdk("lambda", "get_function_configuration", FunctionName=submitting, expect=lambda a: a["Timeout"] > 0)
    sdk("lambda", "list_versions_by_function", FunctionName=submitting, expect=lambda a: a["Versions"][0]["Version"] == "$LATEST")
    sdk("lambda", "list_aliases", FunctionName=submitting)
    reconciling = next((name for name in names if "Reconcile" in name), "unknown")
    sdk("lambda", "get_policy", FunctionName=reconciling, expect=lambda a: "Statement" in json.loads(a["Policy"]))
    sdk("lambda", "get_function_url_config", FunctionName=submitting, expect=lambda a: a["AuthType"] == "AWS_IAM")
    sdk("lambda", "list_function_url_configs", FunctionName=submitting, expect=lambda a: len(a["FunctionUrlConfigs"]) == 1)
    arn = next((f["FunctionArn"] for f in (functions or {"Functions": []})["Functions"] if f["FunctionName"] == submitting), "")
    sdk("lambda", "list_tags", Resource=arn)
    pages("lambda", "list_functions", "Functions", {"PageSize": 5})


def look_at_buckets(outputs):
    bucket = outputs["source"]
    key = "exports/2026-11-23.csv"
    sdk("s3", "list_buckets", expect=lambda a: len(a["Buckets"]) >= 3)
    sdk("s3", "head_bucket", Bucket=bucket)
    sdk("s3", "get_bucket_location", Bucket=bucket)
    sdk("s3", "list_objects_v2", Bucket=bucket, expect=lambda a: a["KeyCount"] >= 2)
    sdk("s3", "list_object_versions", Bucket=bucket, expect=lambda a: len(a["Versions"]) >= 2)
    sdk("s3", "head_object", Bucket=bucket, Key=key, expect=lambda a: a["ContentLength"] > 0)
    sdk("s3", "get_object", Bucket=bucket, Key=key)
    sdk("s3", "get_bucket_versioning", Bucket=bucket)
    sdk("s3", "get_bucket_policy", Bucket=bucket, expect=lambda a: "Statement" in json.loads(a["Policy"]))
    sdk("s3", "get_bucket_encryption", Bucket=bucket, expect=lambda a: a["ServerSideEncryptionConfiguration"]["Rules"])
    sdk("s3", "get_public_access_block", Bucket=bucket, expect=lambda a: a["PublicAccessBlockConfiguration"]["BlockPublicAcls"])


def look_at_tables(outputs, manifest, task):
    ledger = manifest["ledgerTable"]
    sdk("dynamodb", "list_tables", expect=lambda a: len(a["TableNames"]) >= 4)
    sdk("dynamodb", "describe_table", TableName=ledger, expect=lambda a: a["Table"]["TableArn"].startswith("arn:aws:dynamodb:eu-central-1:111122223333:"))
    sdk("dynamodb", "describe_time_to_live", TableName=ledger)
    sdk("dynamodb", "describe_continuous_backups", TableName=ledger)
    sdk("dynamodb", "scan", TableName=outputs["cases"], expect=lambda a: a["Count"] >= 1)
    boundary = {"S": one(task, "boundaryId")}
    sdk("dynamodb", "get_item", TableName=ledger, Key={"boundaryId": boundary}, expect=lambda a: a["Item"]["phase"]["S"] == "closed")
    sdk(
        "dynamodb",
        "query",
        TableName=manifest["evidenceTable"],
        KeyConditionExpression="boundaryId = :b",
        ExpressionAttributeValues={":b": boundary},
        expect=lambda a: a["Count"] > 5,
    )


def look_at_logs():
    groups = sdk("logs", "describe_log_groups", expect=lambda a: len(a["logGroups"]) > 5)
    used = max((groups or {"logGroups": []})["logGroups"], key=lambda group: group["storedBytes"], default={"logGroupName": "unknown"})
    name = used["logGroupName"]
    streams = sdk("logs", "describe_log_streams", logGroupName=name, orderBy="LastEventTime", descending=True, expect=lambda a: a["logStreams"])
    stream = one(streams, "logStreams", 0, "logStreamName")
    sdk("logs", "get_log_events", logGroupName=name, logStreamName=stream, startFromHead=True, expect=lambda a: a["events"][0]["message"].startswith("START"))
    sdk("logs", "filter_log_events", logGroupName=name, filterPattern="REPORT", expect=lambda a: a["events"])


def look_at_events():
    rules = sdk("events", "list_rules", expect=lambda a: a["Rules"])
    rule = one(rules, "Rules", 0, "Name")
    sdk("events", "describe_rule", Name=rule, expect=lambda a: json.loads(a["EventPattern"]))
    sdk("events", "list_targets_by_rule", Rule=rule, expect=lambda a: a["Targets"])
    sdk("events", "list_event_buses", expect=lambda a: a["EventBuses"][0]["Name"] == "default")
    schedules = sdk("scheduler", "list_schedules", expect=lambda a: a["Schedules"])
    first = one(schedules, "Schedules", 0)
    sdk("scheduler", "get_schedule", Name=one(first, "Name"), GroupName=one(first, "GroupName"), expect=lambda a: a["ScheduleExpression"])
    sdk("scheduler", "list_schedule_groups", expect=lambda a: a["ScheduleGroups"])
    queues = sdk("sqs", "list_queues", expect=lambda a: a["QueueUrls"])
    sdk("sqs", "get_queue_attributes", QueueUrl=one(queues, "QueueUrls", 0), AttributeNames=["All"], expect=lambda a: a["Attributes"]["QueueArn"])
    topics = sdk("sns", "list_topics", expect=lambda a: a["Topics"])
    sdk("sns", "get_topic_attributes", TopicArn=one(topics, "Topics", 0, "TopicArn"), expect=lambda a: a["Attributes"]["TopicArn"])
    sdk("sns", "list_subscriptions")
    sdk("cloudwatch", "describe_alarms", expect=lambda a: a["MetricAlarms"][0]["StateValue"] == "INSUFFICIENT_DATA")


def look_at_stack():
    sdk("cloudformation", "list_stacks", expect=lambda a: a["StackSummaries"][0]["StackName"] == STACK)
    sdk("cloudformation", "describe_stack_resources", StackName=STACK, expect=lambda a: len(a["StackResources"]) == 100)
    sdk("cloudformation", "get_template", StackName=STACK, expect=lambda a: a["TemplateBody"]["Resources"])
    sdk("cloudformation", "describe_stack_events", StackName=STACK, expect=lambda a: a["StackEvents"])
    sdk("cloudformation", "list_exports")
    pages("cloudformation", "list_stack_resources", "StackResourceSummaries", {}, StackName=STACK)


def look_at_access(outputs, manifest):
    role = requesters(manifest).split("/")[-1]
    sdk("iam", "list_roles", MaxItems=3, expect=lambda a: a["IsTruncated"])
    sdk("iam", "get_role", RoleName=role, expect=lambda a: a["Role"]["Arn"] == requesters(manifest))
    inline = sdk("iam", "list_role_policies", RoleName=role, expect=lambda a: a["PolicyNames"])
    sdk("iam", "get_role_policy", RoleName=role, PolicyName=one(inline, "PolicyNames", 0), expect=lambda a: a["PolicyDocument"]["Statement"])
    sdk("iam", "list_attached_role_policies", RoleName=role)
    policies = sdk("iam", "list_policies", Scope="Local", expect=lambda a: a["Policies"])
    policy = one(policies, "Policies", 0, "Arn")
    sdk("iam", "get_policy", PolicyArn=policy, expect=lambda a: a["Policy"]["DefaultVersionId"] == "v1")
    sdk("iam", "get_policy_version", PolicyArn=policy, VersionId="v1", expect=lambda a: a["PolicyVersion"]["Document"]["Statement"])
    sdk("kms", "list_keys", expect=lambda a: a["Keys"])
    sdk("kms", "list_aliases")
    sdk("kms", "describe_key", KeyId=manifest["evidenceKeyArn"], expect=lambda a: a["KeyMetadata"]["KeyUsage"] == "SIGN_VERIFY")
    sdk("kms", "get_public_key", KeyId=manifest["evidenceKeyArn"], expect=lambda a: a["KeySpec"] == "ECC_NIST_P256")
    sdk("kms", "get_key_policy", KeyId=manifest["evidenceKeyArn"], expect=lambda a: json.loads(a["Policy"]))
    sdk("ssm", "describe_parameters", expect=lambda a: a["Parameters"])
    path = manifest["typesPath"].rstrip("/")
    parameters = sdk("ssm", "get_parameters_by_path", Path=path, Recursive=True, expect=lambda a: a["Parameters"])
    name = one(parameters, "Parameters", 0, "Name")
    sdk("ssm", "get_parameter", Name=name, expect=lambda a: json.loads(a["Parameter"]["Value"]))
    sdk("ssm", "get_parameters", Names=[name, "/none"], expect=lambda a: a["InvalidParameters"] == ["/none"])
    sdk("secretsmanager", "list_secrets", expect=lambda a: a["SecretList"])
    sdk("secretsmanager", "describe_secret", SecretId=outputs["DatabaseAdmin"], expect=lambda a: a["ARN"] == outputs["DatabaseAdmin"])
    sdk("sts", "get_caller_identity", expect=lambda a: a["Arn"].endswith(":root"))


def main():
    outputs = stack_outputs()
    manifest = stack_manifest()
    task = submit_from_boto3(manifest)
    look_with_cli(outputs, manifest)
    look_at_workflows(task)
    look_at_functions()
    look_at_buckets(outputs)
    look_at_tables(outputs, manifest, task)
    look_at_logs()
    look_at_events()
    look_at_stack()
    look_at_access(outputs, manifest)
    for name in failed:
        print(f"not answered: {name}")
    print(f"{len(answered)} of {len(answered) + len(failed)} answered")
    return 0 if not failed else 1


if __name__ == "__main__":
    sys.exit(main())
