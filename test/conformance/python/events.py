"""Pub/sub and bindings with the Python SDK: an app as its documentation has it, and clients of its sidecar."""

import os
import threading
import time

from dapr.clients import DaprClient
from dapr.clients.grpc._request import BulkPublishEntry
from dapr.clients.grpc._response import TopicEventResponse
from dapr.ext.grpc import App, BindingRequest, Rule, SubscriptionMessage
from grpc import RpcError

BUSES = os.environ["BUSES"].split(",")
PREFIX = os.environ["PREFIX"]
APP_PORT = int(os.environ["EVENTS_APP_PORT"])

app = App()
seen = {}
lock = threading.Lock()


def note(place, text):
    with lock:
        seen.setdefault(place, []).append(text)


def got(place):
    with lock:
        return sorted(seen.get(place, []))


def until(place, *want):
    """Waits for exactly these texts, in any order."""
    end = time.monotonic() + 20
    while got(place) != sorted(want):
        assert time.monotonic() < end, f"{place}: expected {sorted(want)!r}, got {got(place)!r}"
        time.sleep(0.02)


def text_of(event):
    return f"{event.type()} {event.data_content_type()} {event.raw_data()!r}"


def serve(bus):
    topic = PREFIX.__add__

    @app.subscribe(bus, topic("orders"))
    def orders(event: SubscriptionMessage) -> None:
        note(f"{bus}/orders", text_of(event))

    @app.subscribe(bus, topic("raw"), metadata={"rawPayload": "true"})
    def raw(event: SubscriptionMessage) -> None:
        note(f"{bus}/raw", text_of(event))

    @app.subscribe(bus, topic("routed"), rule=Rule('event.type == "special"', 1))
    def special(event: SubscriptionMessage) -> None:
        note(f"{bus}/special", text_of(event))

    # The SDK sends no default route beside rules.
    @app.subscribe(bus, topic("routed"), rule=Rule("true", 2))
    def plain(event: SubscriptionMessage) -> None:
        note(f"{bus}/plain", text_of(event))

    @app.subscribe(bus, topic("refused"), dead_letter_topic=topic("dead"))
    def refused(event: SubscriptionMessage) -> TopicEventResponse:
        note(f"{bus}/refused", text_of(event))
        return TopicEventResponse("retry")

    @app.subscribe(bus, topic("dead"), disable_topic_validation=True)
    def dead(event: SubscriptionMessage) -> None:
        note(f"{bus}/dead", text_of(event))


for name in BUSES:
    serve(name)


@app.binding("tick")
def tick(request: BindingRequest) -> None:
    note("tick", request.text())


threading.Thread(target=app.run, args=(APP_PORT, "127.0.0.1"), daemon=True).start()
events = DaprClient(f"127.0.0.1:{os.environ['EVENTS_GRPC_PORT']}")
PLAIN = "com.dapr.event.sent text/plain"


def test_events_arrive(_):
    """An app subscribes after it has become ready."""
    end = time.monotonic() + 20
    for bus in BUSES:
        while not got(f"{bus}/plain"):
            assert time.monotonic() < end, f"nothing arrived from {bus}"
            try:
                events.publish_event(bus, PREFIX + "routed", "first", data_content_type="text/plain")
            except RpcError:
                pass
            time.sleep(0.05)


def test_publish(_):
    for bus in BUSES:
        events.publish_event(bus, PREFIX + "orders", "text", data_content_type="text/plain")
        events.publish_event(bus, PREFIX + "orders", b'{"n":1}', data_content_type="application/json")
        whole = '{"specversion":"1.0","id":"own","source":"s","type":"mine","datacontenttype":"text/plain","data":"whole"}'
        events.publish_event(
            bus, PREFIX + "orders", whole, data_content_type="application/cloudevents+json"
        )
        until(
            f"{bus}/orders",
            f"{PLAIN} b'text'",
            "com.dapr.event.sent application/json b'{\"n\":1}'",
            "mine text/plain b'whole'",
        )


def test_publish_raw(_):
    for bus in BUSES:
        events.publish_event(bus, PREFIX + "raw", b"\x01\xff", publish_metadata={"rawPayload": "true"})
        until(f"{bus}/raw", "com.dapr.event.sent application/octet-stream b'\\x01\\xff'")


def test_publish_with_time_to_live(_):
    for bus in BUSES:
        before = got(f"{bus}/orders")
        for ttl, text in (("-1s", "late"), ("60", "in time")):
            events.publish_event(
                bus,
                PREFIX + "orders",
                text,
                publish_metadata={"ttl": ttl},
                data_content_type="text/plain",
            )
        until(f"{bus}/orders", *before, f"{PLAIN} b'in time'")


def test_publish_bulk(_):
    for bus in BUSES:
        before = got(f"{bus}/orders")
        answer = events.publish_events(
            bus,
            PREFIX + "orders",
            [f"bulk {n}" for n in range(50)] + [BulkPublishEntry(event="own", entry_id="e")],
            data_content_type="text/plain",
        )
        assert not answer.failed_entries, answer.failed_entries
        until(f"{bus}/orders", *before, f"{PLAIN} b'own'", *[f"{PLAIN} b'bulk {n}'" for n in range(50)])


def test_routes(_):
    for bus in BUSES:
        events.publish_event(
            bus,
            PREFIX + "routed",
            "a",
            publish_metadata={"cloudevent.type": "special"},
            data_content_type="text/plain",
        )
        until(f"{bus}/special", "special text/plain b'a'")


def test_dead_letters(_):
    for bus in BUSES:
        events.publish_event(bus, PREFIX + "refused", "x", data_content_type="text/plain")
        until(f"{bus}/dead", f"{PLAIN} b'x'")
        until(f"{bus}/refused", f"{PLAIN} b'x'")


def test_stream(_):
    for bus in BUSES:
        stream = events.subscribe(bus, PREFIX + "streamed")
        try:
            for n in range(20):
                events.publish_event(bus, PREFIX + "streamed", str(n), data_content_type="text/plain")
            texts = set()
            while len(texts) < 20:
                message = stream.next_message()
                if message is None:
                    continue
                texts.add(message.data())
                stream.respond_success(message)
            assert texts == {str(n) for n in range(20)}, texts
        finally:
            stream.close()


def test_stream_answers(_):
    for bus in BUSES:
        dead, place = PREFIX + "stream-dead", f"{bus}/stream-dead"

        def put_aside(message, place=place):
            note(place, message.data())
            return TopicEventResponse("success")

        def refuse(message):
            return TopicEventResponse(message.data())

        stop_dead = events.subscribe_with_handler(bus, dead, put_aside)
        stop = events.subscribe_with_handler(bus, PREFIX + "answered", refuse, dead_letter_topic=dead)
        # The SDK does not say when a stream is open: in memory, what comes before is lost.
        end = time.monotonic() + 20
        while set(got(place)) != {"drop", "retry"}:
            assert time.monotonic() < end, got(place)
            for text in ("drop", "retry"):
                events.publish_event(bus, PREFIX + "answered", text, data_content_type="text/plain")
            time.sleep(0.1)
        stop()
        stop_dead()


def test_publish_to_unknown_broker(_):
    try:
        events.publish_event("nowhere", "t", "x")
    except RpcError as error:
        assert error.code().name == "INVALID_ARGUMENT", error
        assert "pubsub nowhere is not found" in error.details(), error
    else:
        raise AssertionError("the call succeeded")


def test_input_binding(_):
    end = time.monotonic() + 20
    while not got("tick"):
        assert time.monotonic() < end, "no event"
        time.sleep(0.02)


def test_output_binding(_):
    metadata = {"fileName": "python.txt"}
    events.invoke_binding("files", "create", b"written by Python", metadata)
    assert events.invoke_binding("files", "get", b"", metadata).data == b"written by Python"
    try:
        events.invoke_binding("files", "dance", b"")
    except RpcError as error:
        assert "does not support operation dance" in error.details(), error
    else:
        raise AssertionError("the call succeeded")
