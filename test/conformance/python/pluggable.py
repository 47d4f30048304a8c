"""Components behind a Unix socket, written against the published protocol: the same as go/pluggable, in Python.

    pluggable.py SOCKET PROTO_FOLDER BUILD_FOLDER
"""

import json
import queue
import sys
import threading
from concurrent import futures
from importlib import import_module
from pathlib import Path

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status
from grpc_tools import protoc

socket, protos, build = sys.argv[1:4]
package = "dapr/proto/components/v1"
files = [f"{package}/{name}.proto" for name in ("common", "state", "pubsub", "bindings", "secretstore")]
well_known = protoc._get_resource_file_name("grpc_tools", "_proto")
if protoc.main(["", f"-I{protos}", f"-I{well_known}", f"--python_out={build}", f"--grpc_python_out={build}", *files]):
    sys.exit("protoc failed")
# `dapr` is a package of the SDK as well; these modules must be found before it.
parts = package.split("/")
for depth in range(1, len(parts) + 1):
    Path(build, *parts[:depth], "__init__.py").touch()
sys.path.insert(0, build)


def load(name):
    return (
        import_module(f"dapr.proto.components.v1.{name}_pb2"),
        import_module(f"dapr.proto.components.v1.{name}_pb2_grpc"),
    )


common, _ = load("common")
state_pb, state_grpc = load("state")
pubsub_pb, pubsub_grpc = load("pubsub")
bindings_pb, bindings_grpc = load("bindings")
secret_pb, secret_grpc = load("secretstore")


def instance(context):
    return dict(context.invocation_metadata()).get("x-component-instance", "")


def fail(context, code, text, detail):
    packed = any_pb2.Any()
    packed.Pack(detail)
    context.abort_with_status(
        rpc_status.to_status(status_pb2.Status(code=code, message=text, details=[packed]))
    )


def etag_violation(text):
    violation = error_details_pb2.BadRequest.FieldViolation(field="etag", description=text)
    return error_details_pb2.BadRequest(field_violations=[violation])


class State(
    state_grpc.StateStoreServicer,
    state_grpc.TransactionalStateStoreServicer,
    state_grpc.QueriableStateStoreServicer,
    state_grpc.TransactionalStoreMultiMaxSizeServicer,
):
    def __init__(self):
        self.lock = threading.Lock()
        self.instances = {}

    def of(self, context):
        return self.instances.setdefault(instance(context), {})

    def check(self, context, items, request):
        if not request.HasField("etag"):
            return
        if not request.etag.value.isdigit():
            fail(context, code_pb2.INVALID_ARGUMENT, "not a number", etag_violation("not a number"))
        if items.get(request.key, (b"", 0))[1] != int(request.etag.value):
            fail(context, code_pb2.FAILED_PRECONDITION, "another version", etag_violation("another version"))

    def put(self, context, items, request):
        if request.content_type == "refuse":
            info = error_details_pb2.ErrorInfo(
                reason="STORE_REFUSED",
                domain="example.com",
                metadata={"kit_error": "true", "http_code": "409", "tag": "ERR_OF_STORE"},
            )
            fail(context, code_pb2.ALREADY_EXISTS, "refused by the store", info)
        self.check(context, items, request)
        items[request.key] = (request.value, items.get(request.key, (b"", 0))[1] + 1)

    def Init(self, request, context):
        text = request.metadata.properties.get("failWith")
        if text:
            context.abort(grpc.StatusCode.INTERNAL, text)
        return state_pb.InitResponse()

    def Features(self, request, context):
        return common.FeaturesResponse(features=["ETAG", "TRANSACTIONAL", "QUERY_API"])

    def Ping(self, request, context):
        return common.PingResponse()

    def MultiMaxSize(self, request, context):
        return state_pb.MultiMaxSizeResponse(max_size=3)

    def Get(self, request, context):
        with self.lock:
            found = self.of(context).get(request.key)
        if found is None:
            return state_pb.GetResponse()
        return state_pb.GetResponse(data=found[0], etag=state_pb.Etag(value=str(found[1])))

    def Set(self, request, context):
        with self.lock:
            self.put(context, self.of(context), request)
        return state_pb.SetResponse()

    def Delete(self, request, context):
        with self.lock:
            items = self.of(context)
            self.check(context, items, request)
            items.pop(request.key, None)
        return state_pb.DeleteResponse()

    def BulkGet(self, request, context):
        answer = state_pb.BulkGetResponse()
        with self.lock:
            for item in request.items:
                found = self.of(context).get(item.key)
                if found is None:
                    answer.items.add(key=item.key)
                else:
                    answer.items.add(key=item.key, data=found[0], etag=state_pb.Etag(value=str(found[1])))
        return answer

    def BulkSet(self, request, context):
        with self.lock:
            for item in request.items:
                self.put(context, self.of(context), item)
        return state_pb.BulkSetResponse()

    def BulkDelete(self, request, context):
        with self.lock:
            for item in request.items:
                self.of(context).pop(item.key, None)
        return state_pb.BulkDeleteResponse()

    def Transact(self, request, context):
        with self.lock:
            after = dict(self.of(context))
            for operation in request.operations:
                if operation.HasField("set"):
                    self.put(context, after, operation.set)
                else:
                    after.pop(operation.delete.key, None)
            self.instances[instance(context)] = after
        return state_pb.TransactionalStateResponse()

    def Query(self, request, context):
        query = request.query
        data = json.dumps({name: json.loads(value.value) for name, value in query.filter.items()}).replace(" ", "")
        answer = state_pb.QueryResponse(token=str(query.pagination.limit))
        with self.lock:
            for key in sorted(self.of(context)):
                answer.items.add(key=key, data=data.encode())
        return answer


class Broker(pubsub_grpc.PubSubServicer):
    def __init__(self):
        self.lock = threading.Lock()
        self.topics = {}
        self.sent = 0

    def topic(self, name):
        with self.lock:
            return self.topics.setdefault(name, queue.Queue())

    def add(self, topic, data, metadata, content_type):
        with self.lock:
            self.sent += 1
            number = str(self.sent)
        self.topic(topic).put(
            pubsub_pb.PullMessagesResponse(
                data=data, topic_name=topic, metadata=metadata, content_type=content_type, id=number
            )
        )

    def Init(self, request, context):
        return pubsub_pb.PubSubInitResponse()

    def Features(self, request, context):
        return common.FeaturesResponse(features=["BULK_PUBSUB"])

    def Ping(self, request, context):
        return common.PingResponse()

    def Publish(self, request, context):
        if request.topic == "refused":
            context.abort(grpc.StatusCode.UNAVAILABLE, "no such topic here")
        self.add(request.topic, request.data, request.metadata, request.content_type)
        return pubsub_pb.PublishResponse()

    def BulkPublish(self, request, context):
        answer = pubsub_pb.BulkPublishResponse()
        for entry in request.entries:
            if entry.entry_id == "bad":
                answer.failed_entries.add(entry_id="bad", error="bad entry")
            else:
                self.add(request.topic, entry.event, entry.metadata, entry.content_type)
        return answer

    def PullMessages(self, requests, context):
        messages = self.topic(next(requests).topic.name)
        while context.is_active():
            try:
                message = messages.get(timeout=0.1)
            except queue.Empty:
                continue
            yield message
            ack = next(requests, None)
            if ack is None or ack.ack_message_id != message.id or ack.HasField("ack_error"):
                messages.put(message)
            if ack is None:
                return


class InputBinding(bindings_grpc.InputBindingServicer):
    def __init__(self):
        self.events = queue.Queue()
        self.answers = queue.Queue()

    def Init(self, request, context):
        return bindings_pb.InputBindingInitResponse()

    def Ping(self, request, context):
        return common.PingResponse()

    def Read(self, requests, context):
        def collect():
            try:
                for answer in requests:
                    self.answers.put(answer)
            except grpc.RpcError:
                pass

        threading.Thread(target=collect, daemon=True).start()
        while context.is_active():
            try:
                yield self.events.get(timeout=0.1)
            except queue.Empty:
                continue


class OutputBinding(bindings_grpc.OutputBindingServicer):
    def __init__(self, source):
        self.source = source

    def Init(self, request, context):
        return bindings_pb.OutputBindingInitResponse()

    def Ping(self, request, context):
        return common.PingResponse()

    def ListOperations(self, request, context):
        return bindings_pb.ListOperationsResponse(operations=["create", "answer"])

    def Invoke(self, request, context):
        if request.operation == "create":
            self.source.events.put(
                bindings_pb.ReadResponse(data=request.data, metadata=request.metadata, message_id="m1")
            )
            return bindings_pb.InvokeResponse(data=b'"created"', metadata={"kept": "yes"})
        answer = self.source.answers.get(timeout=20)
        text = f"{answer.message_id}|{answer.response_data.decode()}|{answer.response_error.message}"
        return bindings_pb.InvokeResponse(data=text.encode())


class Secrets(secret_grpc.SecretStoreServicer):
    secrets = {}

    def Init(self, request, context):
        self.secrets = dict(request.metadata.properties)
        return secret_pb.SecretStoreInitResponse()

    def Features(self, request, context):
        return common.FeaturesResponse()

    def Ping(self, request, context):
        return common.PingResponse()

    def Get(self, request, context):
        if request.key not in self.secrets:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no secret {request.key}")
        return secret_pb.GetSecretResponse(data={request.key: self.secrets[request.key]})

    def BulkGet(self, request, context):
        data = {name: secret_pb.SecretResponse(secrets={name: value}) for name, value in self.secrets.items()}
        return secret_pb.BulkGetSecretResponse(data=data)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=20))
state = State()
state_grpc.add_StateStoreServicer_to_server(state, server)
state_grpc.add_TransactionalStateStoreServicer_to_server(state, server)
state_grpc.add_QueriableStateStoreServicer_to_server(state, server)
state_grpc.add_TransactionalStoreMultiMaxSizeServicer_to_server(state, server)
pubsub_grpc.add_PubSubServicer_to_server(Broker(), server)
source = InputBinding()
bindings_grpc.add_InputBindingServicer_to_server(source, server)
bindings_grpc.add_OutputBindingServicer_to_server(OutputBinding(source), server)
secret_grpc.add_SecretStoreServicer_to_server(Secrets(), server)
names = [
    "StateStore",
    "TransactionalStateStore",
    "QueriableStateStore",
    "TransactionalStoreMultiMaxSize",
    "PubSub",
    "InputBinding",
    "OutputBinding",
    "SecretStore",
]
reflection.enable_server_reflection(
    [f"dapr.proto.components.v1.{name}" for name in names] + [reflection.SERVICE_NAME], server
)
server.add_insecure_port(f"unix:{socket}")
server.start()
print("listening", flush=True)
server.wait_for_termination()
