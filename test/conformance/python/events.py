"""Pub/sub and bindings with the Python SDK: apps as its documentation has them, and clients of their sidecars."""

import base64
import json
import logging
import os
import threading
import time

from dapr.clients import DaprClient
from dapr.clients.exceptions import DaprGrpcError
from dapr.clients.grpc._request import (
    BulkPublishEntry,
    TransactionalStateOperation,
    TransactionOperationType,
)
from dapr.clients.grpc._response import TopicEventResponse
from dapr.ext.flask import DaprApp
from dapr.ext.grpc import App, BindingRequest, Rule, SubscriptionMessage
from dapr.proto import appcallback_service_v1
from flask import Flask, request
from google.protobuf.empty_pb2 import Empty
from grpc import RpcError, insecure_channel
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)

BUSES = os.environ["BUSES"].split(",")
PLAIN = "com.dapr.event.sent text/plain"
#: Handlers that subscriptions in resources name.
DECLARED = ["one", "special", "refused", "plain", "dead", "outbox", "batch"]


class Bed:
    """An app of the SDK, the sidecar of which has brokers, bindings and an outbox."""

    def __init__(self, protocol):
        name = protocol.upper()
        self.protocol = protocol
        self.prefix = os.environ[f"{name}_PREFIX"]
        self.app_port = int(os.environ[f"{name}_APP_PORT"])
        self.seen = {}
        self.lock = threading.Lock()
        self.client = DaprClient(os.environ[f"{name}_SIDECAR"])

    def note(self, place, text):
        """Keeps what arrives; first events only show that a subscription is there."""
        if text.endswith(" b'first'"):
            bus, _, place = place.partition("/")
            place = f"{bus}/first/{place}"
        with self.lock:
            self.seen.setdefault(place, []).append(text)

    def got(self, place):
        with self.lock:
            return sorted(self.seen.get(place, []))

    def until(self, place, *want):
        """Waits for exactly these texts, in any order."""
        end = time.monotonic() + 20
        while self.got(place) != sorted(want):
            assert time.monotonic() < end, f"{place}: expected {sorted(want)!r}, got {self.got(place)!r}"
            time.sleep(0.02)

    def publish(self, bus, topic, data, content_type="text/plain", metadata=None):
        self.client.publish_event(
            bus, self.prefix + topic, data, publish_metadata=metadata or {}, data_content_type=content_type
        )

    def of_type(self, bus, topic, data, name):
        self.publish(bus, topic, data, metadata={"cloudevent.type": name})


def text_of(event):
    return f"{event.type()} {event.data_content_type()} {event.raw_data()!r}"


class GrpcBed(Bed):
    def __init__(self):
        super().__init__("grpc")
        self.app = App()
        for name in BUSES:
            self.serve(name)

        @self.app.binding("tick")
        def tick(request: BindingRequest) -> None:
            self.note("tick", request.text())

        threading.Thread(target=self.app.run, args=(self.app_port, "127.0.0.1"), daemon=True).start()

    def serve(self, bus):
        topic, subscribe = self.prefix.__add__, self.app.subscribe

        @subscribe(bus, topic("orders"))
        def orders(event: SubscriptionMessage) -> None:
            self.note(f"{bus}/orders", text_of(event))

        @subscribe(bus, topic("raw"), metadata={"rawPayload": "true"})
        def raw(event: SubscriptionMessage) -> None:
            self.note(f"{bus}/raw", text_of(event))

        @subscribe(bus, topic("routed"), rule=Rule('event.type == "special"', 1))
        def special(event: SubscriptionMessage) -> None:
            self.note(f"{bus}/special", text_of(event))

        # The SDK sends no default route beside rules.
        @subscribe(bus, topic("routed"), rule=Rule("true", 2))
        def plain(event: SubscriptionMessage) -> None:
            self.note(f"{bus}/plain", text_of(event))

        @subscribe(bus, topic("refused"), dead_letter_topic=topic("dead"))
        def refused(event: SubscriptionMessage) -> TopicEventResponse:
            self.note(f"{bus}/refused", text_of(event))
            return TopicEventResponse("retry")

        @subscribe(bus, topic("dead"), disable_topic_validation=True)
        def dead(event: SubscriptionMessage) -> None:
            self.note(f"{bus}/dead", text_of(event))

        for route in DECLARED:
            self.serve_declared(bus, f"declared_{route}")

    def serve_declared(self, bus, route):
        """The SDK finds handlers by the name of the function, and only those with a rule of their own."""

        def handler(event: SubscriptionMessage) -> TopicEventResponse:
            self.note(f"{bus}/{route}", text_of(event))
            return TopicEventResponse("retry" if route == "declared_refused" else "success")

        handler.__name__ = route
        self.app.subscribe(bus, self.prefix + "handlers", rule=Rule("false", 1))(handler)


class HttpBed(Bed):
    """A Flask app with the SDK's extension."""

    def __init__(self):
        super().__init__("http")
        self.app = Flask("events")
        dapr_app = DaprApp(self.app)
        for bus in BUSES:
            for topic, options in {
                "orders": {},
                "raw": {"metadata": {"rawPayload": "true"}},
                "refused": {"dead_letter_topic": self.prefix + "dead"},
                "dead": {},
            }.items():
                route = f"/{bus}/{topic}"
                dapr_app.subscribe(bus, self.prefix + topic, route=route, **options)(self.handler(topic))
        # Handlers that subscriptions in resources name.
        for name in DECLARED:
            route = f"declared_{name}"
            self.app.add_url_rule(f"/{route}", route, self.handler(route), methods=["POST"])

        @self.app.route("/tick", methods=["POST", "OPTIONS"])
        def tick():
            if request.method == "POST":
                self.note("tick", "")
            return {}

        serve = make_server("127.0.0.1", self.app_port, self.app, threaded=True).serve_forever
        threading.Thread(target=serve, daemon=True).start()

    def handler(self, place):
        def handle():
            body = request.get_json(force=True)
            if "entries" in body:
                entries = body["entries"]
                for entry in entries:
                    self.note_event(place, entry["event"])
                return {"statuses": [{"entryId": e["entryId"], "status": "SUCCESS"} for e in entries]}
            self.note_event(place, body)
            return {"status": "RETRY" if place.endswith("refused") else "SUCCESS"}

        return handle

    def note_event(self, place, event):
        if "data_base64" in event:
            data = base64.b64decode(event["data_base64"])
        else:
            text = event["data"]
            data = (text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))).encode()
        self.note(f"{event['pubsubname']}/{place}", f"{event['type']} {event['datacontenttype']} {data!r}")


BEDS = {"http": HttpBed(), "grpc": GrpcBed()}


def test_events_arrive_over_app(bed):
    """An app subscribes after it has become ready."""
    topics = {"orders": "orders", "refused": "refused", "dead": "dead"}
    topics |= {"declared-one": "declared_one", "declared-rules": "declared_plain"}
    topics |= {"declared-dead": "declared_dead", "declared-batch": "declared_batch"}
    if bed.protocol == "grpc":
        topics["routed"] = "plain"
    end = time.monotonic() + 60
    for bus in BUSES:
        for topic, place in topics.items():
            while not bed.got(f"{bus}/first/{place}"):
                assert time.monotonic() < end, f"nothing arrived from {bus} {topic}"
                try:
                    bed.publish(bus, topic, "first")
                except RpcError:
                    pass
                time.sleep(0.05)


def test_publish_over_app(bed):
    for bus in BUSES:
        bed.publish(bus, "orders", "text")
        bed.publish(bus, "orders", b'{"n":1}', "application/json")
        bed.publish(bus, "orders", b"\x03\xfe", "application/octet-stream")
        whole = '{"specversion":"1.0","id":"own","source":"s","type":"mine","datacontenttype":"text/plain","data":"whole"}'
        bed.publish(bus, "orders", whole, "application/cloudevents+json")
        bed.until(
            f"{bus}/orders",
            f"{PLAIN} b'text'",
            "com.dapr.event.sent application/json b'{\"n\":1}'",
            "com.dapr.event.sent application/octet-stream b'\\x03\\xfe'",
            "mine text/plain b'whole'",
        )


def test_publish_raw_over_app(bed):
    for bus in BUSES:
        bed.publish(bus, "raw", b"\x01\xff", metadata={"rawPayload": "true"})
        bed.until(f"{bus}/raw", "com.dapr.event.sent application/octet-stream b'\\x01\\xff'")


def test_publish_with_time_to_live_over_app(bed):
    for bus in BUSES:
        before = bed.got(f"{bus}/orders")
        for ttl, text in (("-1s", "late"), ("60", "in time")):
            bed.publish(bus, "orders", text, metadata={"ttl": ttl})
        bed.until(f"{bus}/orders", *before, f"{PLAIN} b'in time'")


def test_publish_bulk_over_app(bed):
    for bus in BUSES:
        before = bed.got(f"{bus}/orders")
        answer = bed.client.publish_events(
            bus,
            bed.prefix + "orders",
            [f"bulk {n}" for n in range(50)]
            + [
                BulkPublishEntry(event="own", entry_id="e"),
                BulkPublishEntry(event='{"own":1}', entry_id="j", content_type="application/json"),
                BulkPublishEntry(event="late", entry_id="l", metadata={"ttl": "-1s"}),
            ],
            data_content_type="text/plain",
        )
        assert not answer.failed_entries, answer.failed_entries
        json_event = "com.dapr.event.sent application/json b'{\"own\":1}'"
        bulk = [f"{PLAIN} b'bulk {n}'" for n in range(50)]
        bed.until(f"{bus}/orders", *before, f"{PLAIN} b'own'", json_event, *bulk)


def test_receive_bulk_over_app(bed):
    for bus in BUSES:
        texts = [f"n{n}" for n in range(25)]
        bed.client.publish_events(bus, bed.prefix + "declared-batch", texts, data_content_type="text/plain")
        bed.until(f"{bus}/declared_batch", *[f"{PLAIN} {text.encode()!r}" for text in texts])


def test_routes(_):
    bed = BEDS["grpc"]
    for bus in BUSES:
        bed.of_type(bus, "routed", "a", "special")
        bed.until(f"{bus}/special", "special text/plain b'a'")


def test_dead_letters_over_app(bed):
    for bus in BUSES:
        bed.publish(bus, "refused", "x")
        bed.until(f"{bus}/dead", f"{PLAIN} b'x'")
        bed.until(f"{bus}/refused", f"{PLAIN} b'x'")


def test_declared_subscription_v1alpha1_over_app(bed):
    for bus in BUSES:
        bed.publish(bus, "declared-one", "text")
        bed.publish(bus, "declared-one", b'{"n":1}', "application/json")
        json_event = "com.dapr.event.sent application/json b'{\"n\":1}'"
        bed.until(f"{bus}/declared_one", f"{PLAIN} b'text'", json_event)


def test_declared_rules_v2alpha1_over_app(bed):
    for bus in BUSES:
        bed.of_type(bus, "declared-rules", "a", "special")
        bed.of_type(bus, "declared-rules", "a", "other")
        bed.until(f"{bus}/declared_special", "special text/plain b'a'")
        bed.until(f"{bus}/declared_plain", "other text/plain b'a'")


def test_declared_dead_letters_over_app(bed):
    for bus in BUSES:
        bed.of_type(bus, "declared-rules", "x", "refused")
        bed.until(f"{bus}/declared_dead", "refused text/plain b'x'")
        bed.until(f"{bus}/declared_refused", "refused text/plain b'x'")


def test_outbox_over_app(bed):
    """A store publishes what a transaction writes, a second later."""
    upsert, delete = TransactionOperationType.upsert, TransactionOperationType.delete
    bed.client.execute_state_transaction(
        "outbox",
        [
            TransactionalStateOperation(operation_type=upsert, key="order", data="bought"),
            TransactionalStateOperation(operation_type=delete, key="basket"),
        ],
    )
    bed.until("bus/declared_outbox", f"{PLAIN} b'bought'")
    assert bed.client.get_state("outbox", "order").data == b"bought"


def test_input_binding_over_app(bed):
    end = time.monotonic() + 20
    while not bed.got("tick"):
        assert time.monotonic() < end, "no event"
        time.sleep(0.02)


# What needs no app uses the sidecar of one of them.
events = BEDS["grpc"].client
PREFIX = BEDS["grpc"].prefix


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
            BEDS["grpc"].note(place, message.data())
            return TopicEventResponse("success")

        def refuse(message):
            return TopicEventResponse(message.data())

        stop_dead = events.subscribe_with_handler(bus, dead, put_aside)
        stop = events.subscribe_with_handler(bus, PREFIX + "answered", refuse, dead_letter_topic=dead)
        # The SDK does not say when a stream is open: in memory, what comes before is lost.
        end = time.monotonic() + 20
        while set(BEDS["grpc"].got(place)) != {"drop", "retry"}:
            assert time.monotonic() < end, BEDS["grpc"].got(place)
            for text in ("drop", "retry"):
                events.publish_event(bus, PREFIX + "answered", text, data_content_type="text/plain")
            time.sleep(0.1)
        stop()
        stop_dead()


def receive_from(stream, bus, topic, text):
    """Publishes until the event arrives: one may have gone to a stream that was just closed."""
    done = threading.Event()

    def publish():
        while True:
            events.publish_event(bus, topic, text, data_content_type="text/plain")
            if done.wait(1):
                return

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        received = None
        while received != text:
            message = stream.next_message()
            if message is None:
                continue
            received = message.data()
            assert received.startswith(f"{topic} "), received
            stream.respond_success(message)
    finally:
        done.set()
        publisher.join()


def test_several_streams(_):
    """Two at once, and one anew where another was closed."""
    for bus in BUSES:
        for turn in range(2):
            topics = [PREFIX + "several-a", PREFIX + "several-b"]
            streams = {topic: events.subscribe(bus, topic) for topic in topics}
            for topic, stream in streams.items():
                receive_from(stream, bus, topic, f"{topic} {turn}")
            for stream in streams.values():
                stream.close()


def refusal(call):
    """The SDK's own error with which a call must fail."""
    try:
        call()
    except DaprGrpcError as error:
        return error
    raise AssertionError("the call succeeded")


def test_publish_to_forbidden_topic(_):
    events.publish_event("limited", "open", "x")
    error = refusal(lambda: events.publish_event("limited", "closed", "x"))
    assert error.code().name == "PERMISSION_DENIED", error
    assert "topic closed is not allowed for app id py-grpc-events" in error.details(), error
    assert error.error_code() == "DAPR_PUBSUB_FORBIDDEN", error.error_code()
    resource = error.status_details().resource_info
    assert (resource["resource_type"], resource["resource_name"]) == ("pubsub", "limited"), resource


def test_publish_to_unknown_broker(_):
    error = refusal(lambda: events.publish_event("nowhere", "t", "x"))
    assert error.code().name == "INVALID_ARGUMENT", error
    assert "pubsub nowhere is not found" in error.details(), error
    assert error.error_code() == "DAPR_PUBSUB_NOT_FOUND", error.error_code()


def test_grpc_proxying(_):
    """Calls a method of another sidecar's app as if it was served here."""
    app_id = events.get_metadata().application_id
    with insecure_channel(os.environ["HTTP_SIDECAR"]) as channel:
        stub = appcallback_service_v1.AppCallbackStub(channel)
        answer = stub.ListInputBindings(Empty(), metadata=(("dapr-app-id", app_id),), timeout=20)
    assert list(answer.bindings) == ["tick"], answer


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
