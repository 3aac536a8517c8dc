"""The workflow as code: its JSON for the view in which it can be changed, and snippets that start it elsewhere.

GET  W/json                JSON: `text` (the wire form), `revision`, `problems` (Problem.as_json), `places` (JSON
                           Pointer in the text of every action that is sent, by id), `inputs` (their names)
GET  W/code/<language>     text: the workflow in "curl", "python" or "node"; ?at=sandbox for that of this server
"""

from typing import get_args

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from editor import catalog
from editor.trees import codec, inputs
from editor.trees.snippets import API_URL, Language, snippet
from editor.trees.validate import validate
from editor.workflows import queries
from editor.workflows.opening import open_workflow


@require_GET
def as_json(request: HttpRequest, slug: str, workflow: str) -> JsonResponse:
    """What would be sent, what is wrong with it, and where each action stands in it."""
    _, found = open_workflow(request, slug, workflow)
    tree = queries.tree_of(found)
    return JsonResponse({
        "text": codec.encode(tree),
        "revision": found.revision,
        "problems": [problem.as_json() for problem in validate(tree, catalog.default())],
        "places": codec.pointers(tree),
        "inputs": list(inputs.by_name(tree.inputs or ())),
    })  # fmt: skip


@require_GET
def as_code(request: HttpRequest, slug: str, workflow: str, language: Language) -> HttpResponse:
    """A program that sends it. Its tokens come from the environment: none is ever in the answer."""
    _, found = open_workflow(request, slug, workflow)
    if language not in get_args(Language):
        raise Http404("There are snippets for curl, python and node.")
    base_url = settings.SANDBOX_URL if request.GET.get("at") == "sandbox" else API_URL
    text = snippet(language, queries.tree_of(found), base_url=base_url)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
