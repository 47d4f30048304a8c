"""What a client does with the Python SDK; prints one JSON line per test. Settings come from the environment."""

import json
import os
import sys
import threading
import traceback

import events

from dapr.clients import DaprClient
from dapr.clients.exceptions import DaprHttpError
from dapr.clients.grpc._crypto import DecryptOptions, EncryptOptions
from dapr.clients.grpc._request import TransactionalStateOperation, TransactionOperationType
from dapr.clients.grpc._response import UnlockResponseStatus
from dapr.clients.grpc._state import Concurrency, Consistency, StateItem, StateOptions
from grpc import RpcError

STORES = os.environ["STORES"].split(",")
APP_ID = os.environ["CALLER_ID"]
SERVICE = os.environ["SERVICE_ID"]
HTTP_SERVICE = os.environ["HTTP_SERVICE_ID"]
SECRET_NAME = os.environ["SECRET_NAME"]
SECRET_VALUE = os.environ["SECRET_VALUE"]
FIXED_KEY = os.environ["FIXED_KEY"]
CHANGING_KEY = os.environ["CHANGING_KEY"]

FIRST_WRITE = StateOptions(consistency=Consistency.strong, concurrency=Concurrency.first_write)


def equal(got, want):
    assert got == want, f"expected {want!r}, got {got!r}"


def refused(call):
    """The error with which a call must fail."""
    try:
        call()
    except RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def test_state_save_get_delete(d):
    for store in STORES:
        d.save_state(store, "py-one", json.dumps({"n": 1}))
        got = d.get_state(store, "py-one")
        equal(json.loads(got.data), {"n": 1})
        assert got.etag
        d.delete_state(store, "py-one")
        equal(d.get_state(store, "py-one").data, b"")


def test_state_bytes(d):
    for store in STORES:
        d.save_state(store, "py-text", "Grüße, 世界".encode())
        equal(d.get_state(store, "py-text").data.decode(), "Grüße, 世界")


def test_state_bulk(d):
    for store in STORES:
        d.save_bulk_state(store, [StateItem(key=f"py-b{n}", value=str(n)) for n in range(5)])
        items = d.get_bulk_state(store, [f"py-b{n}" for n in range(5)] + ["py-none"], parallelism=2).items
        found = {item.key: item.data for item in items}
        equal({k: v for k, v in found.items() if v}, {f"py-b{n}": str(n).encode() for n in range(5)})


def test_state_etag(d):
    for store in STORES:
        d.save_state(store, "py-etag", "1")
        etag = d.get_state(store, "py-etag").etag
        d.save_state(store, "py-etag", "2", etag=etag, options=FIRST_WRITE)
        error = refused(lambda: d.save_state(store, "py-etag", "3", etag=etag, options=FIRST_WRITE))
        equal(error.code().name, "ABORTED")
        error = refused(lambda: d.delete_state(store, "py-etag", etag=etag, options=FIRST_WRITE))
        equal(error.code().name, "ABORTED")
        equal(d.get_state(store, "py-etag").data, b"2")


def test_state_transaction(d):
    for store in STORES:
        d.save_state(store, "py-gone", "old")
        d.execute_state_transaction(
            store_name=store,
            operations=[
                TransactionalStateOperation(
                    operation_type=TransactionOperationType.upsert, key="py-tx", data="new"
                ),
                TransactionalStateOperation(operation_type=TransactionOperationType.delete, key="py-gone"),
            ],
        )
        equal(d.get_state(store, "py-tx").data, b"new")
        equal(d.get_state(store, "py-gone").data, b"")


def test_state_ttl_metadata(d):
    for store in STORES:
        d.save_state(store, "py-ttl", "x", state_metadata={"ttlInSeconds": "100"})
        equal(d.get_state(store, "py-ttl").data, b"x")


def test_state_unknown_store(d):
    error = refused(lambda: d.get_state("no-such-store", "k"))
    equal(error.code().name, "INVALID_ARGUMENT")
    assert "no-such-store" in error.details()


def test_invoke_grpc_service(d):
    answer = d.invoke_method(
        SERVICE, "greet", data=b'{"who":"Ann"}', content_type="application/json", metadata=(("color", "blue"),)
    )
    equal(
        json.loads(answer.data),
        {"got": '{"who":"Ann"}', "type": "application/json", "color": ["blue"]},
    )


def test_invoke_http_service(d):
    answer = d.invoke_method(HTTP_SERVICE, "greet", data=b"[1,2]", content_type="application/json", http_verb="PUT")
    equal(json.loads(answer.data), {"method": "PUT", "url": "/greet", "body": "[1,2]"})


def test_invoke_http_service_query(d):
    answer = d.invoke_method(HTTP_SERVICE, "find", http_verb="GET", http_querystring=(("a", "1"), ("b", "2")))
    equal(json.loads(answer.data), {"method": "GET", "url": "/find?a=1&b=2", "body": ""})


def test_invoke_unknown_app(d):
    try:
        d.invoke_method("py-nobody", "greet", data=b"", timeout=20)
    except DaprHttpError as error:
        equal(error.error_code, "ERR_DIRECT_INVOKE")
        assert "couldn't find service: py-nobody" in str(error), error
    else:
        raise AssertionError("the call succeeded")


def test_metadata(d):
    equal(d.get_metadata().application_id, APP_ID)
    d.set_metadata("py-color", "red")
    got = d.get_metadata()
    equal(got.extended_metadata["py-color"], "red")
    names = {c.name for c in got.registered_components}
    assert set(STORES) | {"secrets"} <= names, names


def test_secrets(d):
    equal(dict(d.get_secret("secrets", SECRET_NAME).secret), {SECRET_NAME: SECRET_VALUE})
    equal(dict(d.get_bulk_secret("secrets").secrets[SECRET_NAME]), {SECRET_NAME: SECRET_VALUE})


def test_unknown_secret_store(d):
    refused(lambda: d.get_secret("no-such-store", "k"))


def test_lock(d):
    def take(owner):
        return d.try_lock("locks", "py-res", owner, expiry_in_seconds=30).success

    def release(owner):
        return d.unlock("locks", "py-res", owner).status

    equal([take("a"), take("b")], [True, False])
    equal(
        [release("b"), release("a"), release("a")],
        [
            UnlockResponseStatus.lock_belongs_to_others,
            UnlockResponseStatus.success,
            UnlockResponseStatus.lock_does_not_exist,
        ],
    )


def test_lock_refused(d):
    error = refused(lambda: d.try_lock("no-such-locks", "r", "a", expiry_in_seconds=3))
    equal(error.code().name, "INVALID_ARGUMENT")


def test_configuration(d):
    item = d.get_configuration("configuration", [FIXED_KEY]).items[FIXED_KEY]
    equal((item.value, item.version), ("blue", "3"))


def test_configuration_subscription(d):
    values = []
    enough = threading.Event()

    def note(_id, response):
        value = response.items[CHANGING_KEY].value
        if value not in values:
            values.append(value)
        if len(values) >= 3:
            enough.set()

    identity = d.subscribe_configuration("configuration", [CHANGING_KEY], note)
    assert enough.wait(20), "no changes arrived"
    assert d.unsubscribe_configuration("configuration", identity)


def encrypt(d, plain):
    options = EncryptOptions(component_name="keys", key_name="wrap-key", key_wrap_algorithm="AES")
    return d.encrypt(plain, options).read()


def decrypt(d, document):
    return d.decrypt(document, DecryptOptions(component_name="keys")).read()


def test_encryption(d):
    for size in (1, 65536, 65537, 1_000_000):
        plain = os.urandom(size)
        document = encrypt(d, plain)
        assert document.startswith(b"dapr.io/enc/v1\n")
        assert decrypt(d, document) == plain


def test_encryption_tampered(d):
    document = bytearray(encrypt(d, b"secret"))
    document[-1] ^= 1
    try:
        decrypt(d, bytes(document))
    except Exception as error:  # noqa: BLE001 - the SDK wraps it in its own way
        assert "failed to decrypt segment" in str(error), error
    else:
        raise AssertionError("it was decrypted")


def test_wait_until_healthy(d):
    d.wait(5)


def main():
    everything = [*globals().items(), *vars(events).items()]
    tests = [(name, f) for name, f in everything if name.startswith("test_")]
    with DaprClient() as client:
        runs = []
        for name, test in tests:
            if name.endswith("_over_app"):
                runs += [(name.removesuffix("app") + b, test, bed) for b, bed in events.BEDS.items()]
        runs += [(name, test, client) for name, test in tests if not name.endswith("_over_app")]
        for name, test, subject in runs:
            try:
                test(subject)
                print(json.dumps({"name": name, "error": None}))
            except Exception:  # noqa: BLE001 - every failure is reported
                print(json.dumps({"name": name, "error": traceback.format_exc()}))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
