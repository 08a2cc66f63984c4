"""Submits a task of Taskbound from Python, signed with the caller's AWS credentials, and waits until its boundary is closed.

    python3 taskbound_client.py STACK REQUEST.json

Needs boto3 and Python 3.9. The credentials must be a session of a role with `grantSubmit` of the task type. AWS_ENDPOINT_URL names an
embedded AWS that `taskbound local` serves.
"""

import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

SUBMIT_ATTEMPTS = 4


class TaskboundError(Exception):
    """A refusal. `name` is the error's name, such as NotPermitted or MalformedRequest."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


class Taskbound:
    """One deployed stack."""

    def __init__(self, stack, session=None):
        self._session = session or boto3.Session()
        parameter = self._session.client("ssm").get_parameter(Name=f"/taskbound/{stack}/manifest")
        self.manifest = json.loads(parameter["Parameter"]["Value"])
        if self.manifest["version"] != 1:
            raise TaskboundError("UnknownManifest", f"version {self.manifest['version']}; this client reads 1")

    def submit(self, request):
        """Submits a request. The id is chosen here, so that a submission whose response was lost can be repeated."""
        at = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        request = {"taskId": f"{at}-{secrets.token_hex(5)}", **request}
        for attempt in range(1, SUBMIT_ATTEMPTS + 1):
            try:
                return self._call(self.manifest["submitUrl"], request)
            except (urllib.error.URLError, TimeoutError) as error:
                if attempt == SUBMIT_ATTEMPTS:
                    raise TaskboundError(
                        "SubmissionUnknown", f"{error}; submit it again with the taskId {request['taskId']}"
                    ) from error
                time.sleep(0.5 * 2**attempt)

    def status(self, boundary_id):
        """The row of a task: its phase, outcome and proof. None if there is no such task."""
        found = self._session.client("dynamodb").get_item(
            TableName=self.manifest["ledgerTable"],
            Key={"boundaryId": {"S": boundary_id}},
            ConsistentRead=True,
        )
        return found.get("Item")

    def wait_until_closed(self, boundary_id, timeout_seconds=3600):
        """Waits until the task's access has ended. An execution that succeeded is not enough: only a closed boundary is."""
        until = time.monotonic() + timeout_seconds
        while time.monotonic() < until:
            row = self.status(boundary_id)
            if row is not None and row["phase"]["S"] == "closed":
                return row
            time.sleep(2)
        raise TaskboundError("NotClosed", f"{boundary_id} is not closed after {timeout_seconds} seconds; it continues")

    def _call(self, url, body):
        """Posts to a function URL, signed with SigV4 for the service `lambda`. This is the only place that builds the request."""
        url = self._reachable(url)
        data = json.dumps(body).encode()
        signed = AWSRequest("POST", url, data=data, headers={"content-type": "application/json"})
        SigV4Auth(self._session.get_credentials(), "lambda", self._session.region_name).add_auth(signed)
        request = urllib.request.Request(url, data=data, method="POST", headers=dict(signed.headers))
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == 429 or error.code >= 500:
                raise
            raise refusal(error) from error

    @staticmethod
    def _reachable(url):
        """An embedded AWS serves function URLs under its endpoint, even if its port has changed since."""
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        marker = "/lambda-url/"
        return endpoint.rstrip("/") + url[url.index(marker) :] if endpoint and marker in url else url


def refusal(error):
    """The function's own refusal, or AWS's when the function did not run."""
    text = error.read().decode(errors="replace")
    try:
        answer = json.loads(text)
        return TaskboundError(answer.get("error", "Refused"), answer.get("message", answer.get("Message", text)))
    except ValueError:
        return TaskboundError("Refused", f"status {error.code}: {text[:300]}")


def main(stack, request_file):
    taskbound = Taskbound(stack)
    with open(request_file, encoding="utf-8") as file:
        task = taskbound.submit(json.load(file))
    print(f"submitted {task['boundaryId']}", file=sys.stderr)
    row = taskbound.wait_until_closed(task["boundaryId"])
    outcome = row["outcome"]["S"]
    print(json.dumps({"boundaryId": task["boundaryId"], "outcome": outcome, "proof": row["proof"]["M"]["kind"]["S"]}))
    return 0 if outcome == "succeeded" else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2]))
    except (TaskboundError, BotoCoreError, ClientError) as error:
        sys.exit(f"taskbound: {error}")
