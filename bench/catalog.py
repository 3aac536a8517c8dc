"""How long the catalogue takes to load, with all its checks. Prints milliseconds."""

import statistics
import time

from editor import catalog
from editor.catalog.load import _schema_fault


def load_once() -> float:
    _schema_fault.cache_clear()
    start = time.perf_counter()
    catalog.load()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    times = [load_once() for _ in range(10)]
    print(f"load and check: median {statistics.median(times):.0f} ms, best {min(times):.0f} ms")


if __name__ == "__main__":
    main()
