"""Which ES modules a module needs, so that a page can ask for all of them at once.

Without a bundler a browser finds an import when it has read the file that says it: a house of several storeys is
fetched storey by storey. `{% modulepreload "js/editor/main.js" %}` writes a link for each module below it.
"""

import functools
import posixpath
import re
from pathlib import Path

from django.contrib.staticfiles import finders

# As editor.lib.storage asks for it, import statements are plain.
IMPORT = re.compile(
    r"""^\s*(?:import|export)\s(?:[^"';]*\sfrom\s)?["'](\.[^"']+)["']""", re.MULTILINE
)


@functools.cache
def imports_of(name: str) -> tuple[str, ...]:
    """The names of all modules that the static file `name` imports, directly or not, in the order they are found."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop(0)
        path = finders.find(module)
        if not isinstance(path, str):
            raise LookupError(f"There is no static file {module}, which {name} needs.")
        here = posixpath.dirname(module)
        for target in IMPORT.findall(Path(path).read_text()):
            imported = posixpath.normpath(posixpath.join(here, target))
            if imported not in found:
                found[imported] = None
                waiting.append(imported)
    return tuple(found)
