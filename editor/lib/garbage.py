"""How often a long-lived process looks for garbage that goes round in circles.

Reading a tree of 5,000 actions makes so many objects that Python (gc.get_threshold(): 700, 10, 10) looks through
everything it has, the loaded program with it, at every second edit: a pause of 200 ms and more, for nothing found.
"""

import gc


def settle() -> None:
    """Call it when a process has loaded its program. What is there now is never looked through again, the rest less
    often: after 20,000 new objects, some 5 MB.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
