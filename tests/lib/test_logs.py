import json
import logging

from editor.lib.logs import JsonLines


def test_a_record_is_one_line_of_json_with_what_was_added():
    record = logging.makeLogRecord(
        {"name": "editor", "levelname": "INFO", "msg": "run %s\ndone", "args": ("r1",), "run": "r1"}
    )
    line = JsonLines().format(record)

    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["logger"], told["run"]) == ("run r1\ndone", "editor", "r1")


def test_an_exception_comes_along():
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        record = logging.makeLogRecord(
            {"msg": "oh", "exc_info": (type(error), error, error.__traceback__)}
        )
    assert "ZeroDivisionError" in json.loads(JsonLines().format(record))["exception"]
