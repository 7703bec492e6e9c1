from __future__ import annotations

import json

from eventstore_django.api.live.wire import heartbeat, message, opening


def test_an_event_is_an_id_and_one_line_of_data() -> None:
    assert message(7, b'{"a":1}') == b'id: 7\ndata: {"a":1}\n\n'


def test_the_opening_tells_when_to_come_back_and_from_where() -> None:
    assert opening(41) == b"retry: 2000\nid: 41\n\n"


def test_a_heartbeat_is_a_comment_and_with_news_of_the_position_an_id_without_data() -> None:
    assert heartbeat() == b":\n\n"
    assert heartbeat(9) == b":\nid: 9\n\n"


def test_what_an_event_holds_can_not_end_its_line() -> None:
    text = "a\nid: 1\r\n\ndata: x\u2028\u2029\x85"
    block = message(7, json.dumps({"text": text}, ensure_ascii=False).encode())
    lines = block.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert len(lines) == 4
    assert json.loads(lines[1].removeprefix("data: ")) == {"text": text}
