"""Submits a request and waits until its boundary is closed: python submit_task.py STACK REQUEST.json

Uses the credentials, the region and the endpoint that boto3 finds. They must be those of a role or user with grantSubmit and grantRead.
"""

import json
import sys
import time
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session


def stack_outputs(session, stack):
    """The outputs of a stack by name."""
    [found] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def submit(session, url, request):
    """Posts the request, signed, and returns the task. Repeating it is safe if the request has a taskId."""
    body = json.dumps(request)
    headers = {"content-type": "application/json", "host": urlsplit(url).netloc}
    post = AWSRequest("POST", url, headers, data=body)
    SigV4Auth(session.get_credentials(), "lambda", session.region_name).add_auth(post)
    answer = URLLib3Session().send(post.prepare())
    if answer.status_code not in (200, 202):
        raise RuntimeError(f"Submit answered {answer.status_code}: {answer.text}")
    return json.loads(answer.text)


def wait_until_closed(session, ledger_table, boundary_id, seconds=600):
    """The row of the task once its boundary is closed."""
    table = session.resource("dynamodb").Table(ledger_table)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        row = table.get_item(Key={"boundaryId": boundary_id}, ConsistentRead=True).get("Item")
        if row is not None and row["phase"] == "closed":
            return row
        time.sleep(1)
    raise TimeoutError(f"{boundary_id} is not closed after {seconds} seconds.")


def main(stack, request_file):
    session = boto3.Session()
    outputs = stack_outputs(session, stack)
    with open(request_file, encoding="utf-8") as file:
        request = json.load(file)
    task = submit(session, outputs["SubmitUrl"], request)
    row = wait_until_closed(session, outputs["LedgerTable"], task["boundaryId"])
    print(f"{task['boundaryId']} {row['outcome']}, boundary closed")


if __name__ == "__main__":
    main(*sys.argv[1:])
