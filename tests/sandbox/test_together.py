"""Several programs at once on one account, over real HTTP: nothing runs twice, nothing is lost."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from editor.sandbox.models import ExecutedAction, SandboxWorkflow
from editor.sandbox.services import create_account

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = {
    "actionType": "st.sendMessage",
    "personUrl": "https://www.linkedin.com/in/example-rui-falcao",
    "text": "Hello",
}
PROGRAMS, EACH = 4, 6


def test_every_workflow_runs_exactly_once(live_server):
    account = create_account("demo")
    account.limits.create(category="stMessages", period="daily", max_value=20)
    headers = {
        "linked-api-token": account.linked_api_token,
        "identification-token": account.identification_token,
    }
    address = urlsplit(live_server.url)

    def call(method, path, body=None):
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        connection.request(method, f"/sandbox/{path}", body and json.dumps(body), headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, said
        return said["result"]

    def program(_):
        mine = [call("POST", "workflows", MESSAGE)["workflowId"] for _ in range(EACH)]
        return [call("GET", f"workflows/{one}") for one in mine]

    with ThreadPoolExecutor(PROGRAMS) as programs:
        looks = [look for found in programs.map(program, range(PROGRAMS)) for look in found]

    assert {look["workflowStatus"] for look in looks} == {"completed"}
    assert [look["completion"]["success"] for look in looks].count(True) == 20
    assert ExecutedAction.objects.filter(success=True).count() == 20
    assert SandboxWorkflow.objects.filter(executed_at=None).count() == 0
