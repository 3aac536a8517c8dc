"""Pages, partials and edits of stored workflows.

Addresses (names in the URL namespace `workflows`; W is `/t/<team>/workflows/<id>`):

    GET  /t/<team>/workflows               index      list.html; `#rows` for htmx (next page, search)
    POST /t/<team>/workflows/new           create     name -> redirect to the editor
    GET, POST /t/<team>/workflows/import   import     import.html; POST do=check shows the problems, do=import stores
    GET  /t/<team>/workflows/table.json    table      constraints.table(catalog); cacheable, ETag
    GET  W                                 editor     editor.html
    GET  W/tree                            tree       editor.html#tree: the whole outline again
    GET  W/changes?base=N                  changes    edit.html: what leads from revision N to now; 204 when nothing
    GET  W/inspector/<node>                inspector  inspector.html: the form of one action
    GET  W/menu?parent=ID&index=N          menu       menu.html: the actions allowed there (parent empty: as a root)
    GET  W/moves/<node>                    moves      moves.html: the legal places of an action
    GET  W/problems                        problems   problems.html
    GET  W/json                            json       json.html: the wire form
    GET  W/export                          export     the wire form as a file
    POST W/edit/<verb>                     edit       the answer to an edit, below
    POST W/rename, W/archive, W/restore, W/delete     name (and description) -> redirect to the page

Every page and partial has in its context: `access` (accounts.access), `team`, `workflow`, `may_edit`.

`editor.html` and `#tree`: `rows` (list of render.Row, document order), `history` (queries.History: `undo` and `redo`,
the label of the change that each would take back or bring again, or ""), `counts` (render.Counts: errors, warnings),
`revision`. A row is one `<li role="treeitem">` that always holds one `<ul role="group">`, so a flat loop writes the
nested list: open both per row, then write `</ul></li>` `row.closes` times. `render.Row` documents the fields.

**Edits.** POST W/edit/<verb> with `base` (the revision that the page shows) and the fields of the verb:

    add        type, parent, index, bridge=1 to insert the missing actions between
    paste      parent, index, text (wire JSON)
    remove     node (may repeat)          lift      node: remove it, its children take its place
    move       node, parent, index        duplicate node
    wrap       node, type                 type      node, type: change the action
    label      node, label                note      node, note
    disabled   node (may repeat), on=1|0  collapsed node (may repeat), on=1|0: answers 204, no new revision
    param      node, field (JSON Pointer below the parameters), value (repeats for a list; empty: not sent)
    fix        node, code, title: make the repair that a problem offers (problem.code, problem.fix.title)
    replace    text (wire JSON): the whole tree
    undo, redo

`parent` is a node id, or empty for the root; `index` counts the parent's children from 0, for `move` without the
moved one; left out or empty: at the end.

An accepted edit answers 200 with `edit.html` and `answer` (render.Answer): `base` and `revision` (from which to which
revision it leads: other people's edits since `base` are included), `history`, `counts`, `focus` (id of the node to
select, or ""), `message` (one sentence for the status line and screen readers), `operations`, and `reload` (true when
`base` is too old: fetch W/tree instead). For `param` the context also has `field` (the saved field).

Operations are to be applied in their order, one by one; each is complete in itself (render.Operation):

    insert  id, parent, after, rows   put the new subtree `rows` below parent, behind its child `after` ("": first)
    move    id, parent, after         put the existing element there, with all that is in it
    remove  id                        take the element away (its surviving children were moved out before)
    card    id, rows (one row)        replace the card of the node, not its children

`parent` is "" for the root list. So `<template data-op="insert" data-id=… data-parent=… data-after=…>`.

`inspector.html`: `row` (render.Row of the node), `form` (inspector.Form; see inspector.Field), `node_problems`,
`above` (rows from the root down to the parent), `replacements` (the actions that it could become). `field.html` is one
`field` of that form, also inside it. `menu.html`: `choices` (list of catalog.ActionType), `parent` (Row or None),
`index`. `moves.html`: `row`, `places` (list of render.PlaceInWords: parent, index, text). `problems.html`: `problems`
(list of (Row or None, Problem)), `counts`. `json.html`: `text`. `list.html`: `page` (paging.Page), `search`, `archived`.
`import.html`: `form` (name, text), `tree_size`, `problems` (list of views.Found: problem, line), `can_import`.

A refused edit changes nothing: 422 with `refused.html` and `refusal` (code, message, repairs), or for `param` with
`field.html` and `field` (inspector.Field: what was typed, the error, `saved` false). A form that makes no sense (no
such verb or field) is 400 and an action or workflow that is not there any more 404, both with `refused.html`.
"""
