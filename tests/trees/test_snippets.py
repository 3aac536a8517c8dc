"""Snippets do what they say: each is run, and what it sends is the wire form of the workflow."""

import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.trees import codec, snippets
from editor.trees.placeholders import NoValue
from editor.trees.snippets import API_URL, WRITERS, snippet
from tests.trees.strategies import ids, texts

TOKENS = {"LINKED_API_TOKEN": "linked_'$x`y", "IDENTIFICATION_TOKEN": "id_1"}

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="cURL is not installed")
needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")


def tree_of(wire):
    return codec.from_wire(wire, ids())


NASTY = [
    {
        "actionType": "st.openPersonPage",
        "label": "Ça va? 日本 👩‍🚀 \u202e\u00a0\u2028\x7f\x1b",
        "personUrl": "https://www.linkedin.com/in/o'brien?a=$HOME&b=`id`&c=!!#x",
        "basicInfo": False,
        "__proto__": {"__proto__": ["constructor"]},
        "then": {
            "actionType": "st.sendMessage",
            "text": 'JSON\n"""\\\'{}%s\t${x}\r\nJSON\n</script>',
        },
    },
    {"actionType": "st.retrieveSSI", "big": 2**53 - 1, "small": 1e-7, "then": []},
]


@pytest.fixture
def service():
    """A Linked API that writes down every start (headers, body) and has it done at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.started = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Recorder(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.started.append((self.path, dict(self.headers), json.loads(body)))
        self.answer({"workflowId": "wf-1", "workflowStatus": "pending"})

    def do_GET(self):
        done = [{"actionType": "st.retrieveSSI", "success": True}]
        self.answer({"workflowStatus": "completed", "completion": done})

    def answer(self, result):
        body = json.dumps({"success": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def address(server) -> str:
    return f"http://127.0.0.1:{server.server_port}/sandbox"


def run(*command, code: str, cwd=None) -> str:
    environment = {**os.environ, **TOKENS}
    done = subprocess.run(
        command, input=code, env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_started(server, wire) -> None:
    """One start, with the tokens of the environment, of exactly this workflow."""
    ((path, headers, body),) = server.started
    assert path == "/sandbox/workflows"
    assert headers["linked-api-token"] == TOKENS["LINKED_API_TOKEN"]
    assert headers["identification-token"] == TOKENS["IDENTIFICATION_TOKEN"]
    assert headers["Content-Type"] == "application/json"
    assert json.dumps(body) == json.dumps(wire)


# cURL


@needs_bash
@needs_curl
def test_the_curl_command_sends_the_workflow(service):
    code = snippet("curl", tree_of(NASTY), base_url=address(service))
    run("bash", "-n", code=code)
    answer = json.loads(run("bash", code=code))
    assert answer["result"]["workflowId"] == "wf-1"
    assert_started(service, NASTY)


@needs_bash
@given(texts, texts)
@settings(max_examples=25)
def test_no_text_gets_out_of_the_curl_command(one, other):
    """A function in place of cURL shows what would be sent."""
    wire = {"actionType": "x", one or "a": other, "JSON": "\nJSON\n" + one}
    if one in codec.RESERVED or "{{" in one + other:  # two braces are written as four
        return
    code = "curl() { cat; }\n" + snippet("curl", tree_of(wire))
    assert json.loads(run("bash", code=code)) == wire


# Python


def test_the_python_script_sends_the_workflow(service, monkeypatch, capsys):
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    names = {}
    exec(snippet("python", tree_of(NASTY), base_url=address(service)), names)
    names["linkedapi"].http_client.session.close()
    assert "'success': True" in capsys.readouterr().out
    assert_started(service, NASTY)


def workflow_in(code: str):
    """What the script calls `workflow`, without running the rest."""
    head, _, rest = code.partition("\nworkflow = ")
    names = {}
    exec(
        ("import json\n" if "import json" in head else "")
        + "workflow = "
        + rest.partition("\n\nstarted")[0],
        names,
    )
    compile(code, "snippet.py", "exec")
    return names["workflow"]


plain = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.sampled_from([0.5, -2.25]) | texts
json_values = st.recursive(
    st.none() | plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
wires = st.dictionaries(
    texts.filter(lambda key: key not in codec.RESERVED), json_values, max_size=4
).map(lambda params: {"actionType": "x", **params})


@given(wires)
def test_python_reads_every_value_as_it_is(wire):
    code = snippet("python", tree_of(wire))
    assert json.dumps(workflow_in(code)) == json.dumps(wire)
    assert ("None." in code.partition("import")[0]) == ("null" in json.dumps(_without_texts(wire)))


def _without_texts(value):
    if isinstance(value, dict):
        return [_without_texts(item) for item in value.values()]
    if isinstance(value, list):
        return [_without_texts(item) for item in value]
    return 0 if isinstance(value, str) else value


@pytest.mark.parametrize("levels", [40, 44, 46, 120, 200])
def test_deep_workflows_are_python_too(levels):
    wire = {"actionType": "end", "note": 'a "quoted" \\ text'}
    for _ in range(levels - 1):
        wire = {"actionType": "x", "then": [wire]}
    assert workflow_in(snippet("python", tree_of(wire))) == wire


# Node

FAKE_SDK = """
export class LinkedApi {
  constructor(config) { this.config = config; }
  customWorkflow = {
    execute: async (workflow) => { this.sent = workflow; return ANSWER; },
    result: async (id) => ({ data: { id, config: this.config, body: JSON.stringify(this.sent) } }),
  };
}
"""


@needs_node
@pytest.mark.parametrize("answer", ['"wf-1"', '{ workflowId: "wf-1", workflowStatus: "pending" }'])
def test_the_node_script_sends_the_workflow(tmp_path, answer):
    """To a stand-in for the SDK, as versions 1 and 2 of it answer."""
    package = tmp_path / "node_modules" / "@linkedapi" / "node"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text(FAKE_SDK.replace("ANSWER", answer))
    script = tmp_path / "start.mjs"
    script.write_text(snippet("node", tree_of(NASTY), base_url="http://127.0.0.1:1/it's"))
    run("node", "--check", str(script), code="")
    shown = json.loads(run("node", str(script), code="", cwd=tmp_path))
    assert shown["id"] == "wf-1"
    assert shown["config"] == {
        "linkedApiToken": TOKENS["LINKED_API_TOKEN"],
        "identificationToken": TOKENS["IDENTIFICATION_TOKEN"],
        "baseUrl": "http://127.0.0.1:1/it's",
    }
    assert json.loads(shown["body"]) == NASTY


@needs_node
@given(st.lists(wires, min_size=5, max_size=20))
@settings(max_examples=5)
def test_node_reads_every_value_as_it_is(several):
    code = [snippet("node", tree_of(wire)) for wire in several]
    literals = [one.partition("workflow = ")[2].partition(";\n\nconst started")[0] for one in code]
    script = f"console.log(JSON.stringify([{', '.join(literals)}]))"
    assert json.loads(run("node", "--input-type=module", code=script)) == several


# All of them


@pytest.mark.parametrize("language", WRITERS)
def test_the_address_is_that_of_the_service_and_tokens_are_never_written(language):
    code = snippet(language, tree_of(NASTY))
    assert (API_URL in code) == (language == "curl")  # the SDKs know it
    assert "LINKED_API_TOKEN" in code
    assert "IDENTIFICATION_TOKEN" in code
    assert "linked_" not in code.replace("linked_api_token", "")


@pytest.mark.parametrize("language", WRITERS)
def test_nothing_invisible_is_left_in_the_code(language):
    code = snippet(language, tree_of(NASTY))
    assert all(char.isprintable() or char == "\n" for char in code)


@pytest.mark.parametrize("language", WRITERS)
def test_inputs_are_put_in_or_asked_for(language):
    tree = tree_of(
        {"actionType": "x", "text": "Hi {{ name }}", "limit": "{{ count }}", "raw": "{{{{"}
    )
    filled = snippet(language, tree, {"name": "{{ count }}", "count": 5})
    assert '"Hi {{ count }}"' in filled
    assert '"limit": 5' in filled
    assert '"raw": "{{"' in filled
    assert "Put values" not in filled
    asked = snippet(language, tree)
    assert "Put values in place of {{ name }}, {{ count }} before you run this." in asked
    assert '"limit": "{{ count }}"' in asked
    with pytest.raises(NoValue):
        snippet(language, tree, {"name": "Ann"})
    assert '"raw": "{{"' in snippet(language, tree_of({"actionType": "x", "raw": "{{{{"}))


def test_python_says_what_its_sdk_leaves_out():
    wire = {"actionType": "x", "list": [{"a": None}]}
    assert "does not send what is None" in snippet("python", tree_of(wire))
    assert "does not send" not in snippet("python", tree_of({"actionType": "null", "a": "null"}))


def test_the_snippets_know_the_writers_of_all_languages():
    assert set(WRITERS) == set(snippets.Language.__args__)
