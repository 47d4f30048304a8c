import com.google.protobuf.Empty;
import io.dapr.client.Subscription;
import io.dapr.client.SubscriptionListener;
import io.dapr.client.domain.BulkPublishEntry;
import io.dapr.client.domain.BulkPublishRequest;
import io.dapr.client.domain.CloudEvent;
import io.dapr.client.domain.State;
import io.dapr.client.domain.TransactionalStateOperation;
import io.dapr.client.domain.TransactionalStateOperation.OperationType;
import io.dapr.exceptions.DaprErrorDetails.ErrorDetailType;
import io.dapr.exceptions.DaprException;
import io.dapr.utils.TypeRef;
import io.dapr.v1.AppCallbackGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** Pub/sub, bindings and the outbox with the Java SDK: apps over HTTP and gRPC, and clients of their sidecars. */
class Events {
  static final String PLAIN = "com.dapr.event.sent text/plain ";
  static final String JSON = "com.dapr.event.sent application/json ";
  static final String BYTES = "com.dapr.event.sent application/octet-stream ";
  static final long LIMIT_NS = Client.LIMIT.toNanos();

  interface BedBody {
    void run(Bed bed) throws Exception;
  }

  interface BusBody {
    void run(Bed bed, String bus) throws Exception;
  }

  final Client tests;
  final Bed http;
  final Bed grpc;

  Events(Client tests) throws Exception {
    this.tests = tests;
    http = new Bed.Http();
    grpc = new Bed.Grpc();
  }

  /** Once for the app of each protocol that the name leaves open. */
  void test(String name, BedBody body) {
    for (Bed bed : List.of(http, grpc)) {
      if (bed == grpc || name.contains("{app}")) {
        tests.test(name.replace("{app}", bed.protocol), () -> body.run(bed));
      }
    }
  }

  BedBody eachBus(BusBody body) {
    return bed -> {
      for (String bus : Bed.BUSES) body.run(bed, bus);
    };
  }

  void run() throws Exception {
    programmatic();
    bulk();
    declared();
    streams();
    errors();
    bindings();
    http.close();
    grpc.close();
  }

  static Map<String, String> type(String name) {
    return Map.of("cloudevent.type", name);
  }

  void programmatic() {
    test("waits for the sidecar of an app over {app}", eachBus((bed, bus) -> {
      Map<String, String> topics = new HashMap<>(Map.of(
          "orders", "orders", "routed", "plain", "refused", "refused", "dead", "dead",
          "batch", "batch", "declared-one", "declared_one", "declared-rules", "declared_plain",
          "declared-dead", "declared_dead", "declared-batch", "declared_batch"));
      // An app subscribes after it has become ready.
      long end = System.nanoTime() + 3 * LIMIT_NS;
      for (var topic : topics.entrySet()) {
        while (bed.got(bus + "/first/" + topic.getValue()).isEmpty()) {
          if (System.nanoTime() > end) throw new AssertionError("nothing arrived from " + topic);
          try {
            bed.text(bus, topic.getKey(), "first", Map.of());
          } catch (RuntimeException e) {
            // Not ready yet.
          }
          Thread.sleep(50);
        }
      }
    }));
    test("publishes to a programmatic subscription over {app}", eachBus((bed, bus) -> {
      bed.text(bus, "orders", "text", Map.of());
      bed.client.publishEvent(bus, bed.prefix + "orders", Map.of("n", 1)).block(Client.LIMIT);
      byte[] bytes = {3, (byte) 0xfe};
      bed.publish(bus, "orders", bytes, "application/octet-stream", Map.of());
      String whole = "{\"specversion\":\"1.0\",\"id\":\"own\",\"source\":\"s\",\"type\":\"mine\","
          + "\"datacontenttype\":\"text/plain\",\"data\":\"whole\"}";
      bed.publish(bus, "orders", whole.getBytes(), "application/cloudevents+json", Map.of());
      bed.until(bus + "/orders", List.of(
          PLAIN + "text", JSON + "{\"n\":1}", BYTES + "\u0003\u00fe", "mine text/plain whole"));
    }));
    test("publishes raw bytes to an app over {app}", eachBus((bed, bus) -> {
      byte[] bytes = {1, (byte) 0xff};
      bed.publish(bus, "raw", bytes, "application/octet-stream", Map.of("rawPayload", "true"));
      bed.until(bus + "/raw", List.of(BYTES + "\u0001\u00ff"));
    }));
    test("publishes what has expired to no app over {app}", eachBus((bed, bus) -> {
      List<String> want = bed.got(bus + "/orders");
      bed.text(bus, "orders", "late", Map.of("ttl", "-1s"));
      bed.text(bus, "orders", "in time", Map.of("ttl", "60"));
      want.add(PLAIN + "in time");
      bed.until(bus + "/orders", want);
    }));
    test("routes by rules to an app over {app}", eachBus((bed, bus) -> {
      bed.text(bus, "routed", "a", type("special"));
      bed.until(bus + "/special", List.of("special text/plain a"));
    }));
    test("puts refused events of an app over {app} aside", eachBus((bed, bus) -> {
      bed.text(bus, "refused", "x", Map.of());
      bed.until(bus + "/dead", List.of(PLAIN + "x"));
      bed.until(bus + "/refused", List.of(PLAIN + "x"));
    }));
  }

  void bulk() {
    test("publishes in bulk to an app over {app}", eachBus((bed, bus) -> {
      List<String> want = bed.got(bus + "/orders");
      var answer = bed.preview.publishEvents(new BulkPublishRequest<Object>(bus, bed.prefix + "orders", List.of(
          new BulkPublishEntry<>("a", "bulk", "text/plain", Map.of("ttl", "60")),
          new BulkPublishEntry<>("b", Map.of("own", 1), "application/json", null),
          new BulkPublishEntry<>("c", "late", "text/plain", Map.of("ttl", "-1s")))))
          .block(Client.LIMIT);
      Client.equal(answer.getFailedEntries().size(), 0);
      want.add(PLAIN + "bulk");
      want.add(JSON + "{\"own\":1}");
      bed.until(bus + "/orders", want);
    }));
    test("receives in bulk over {app}", eachBus((bed, bus) -> receivesBulk(bed, bus, "batch", "batch")));
    test("receives in bulk through a declared subscription over {app}", eachBus((bed, bus) ->
        receivesBulk(bed, bus, "declared-batch", "declared_batch")));
  }

  static void receivesBulk(Bed bed, String bus, String topic, String place) throws Exception {
    List<String> events = new ArrayList<>();
    for (int n = 0; n < 30; n++) events.add("bulk " + n);
    var answer = bed.preview.publishEvents(bus, bed.prefix + topic, "text/plain", events)
        .block(Client.LIMIT);
    Client.equal(answer.getFailedEntries().size(), 0);
    bed.until(bus + "/" + place, events);
  }

  void declared() {
    test("receives through a declared subscription (v1alpha1) over {app}", eachBus((bed, bus) -> {
      bed.text(bus, "declared-one", "text", Map.of());
      bed.client.publishEvent(bus, bed.prefix + "declared-one", Map.of("n", 1)).block(Client.LIMIT);
      bed.until(bus + "/declared_one", List.of(PLAIN + "text", JSON + "{\"n\":1}"));
    }));
    test("routes by the rules of a declared subscription (v2alpha1) over {app}", eachBus((bed, bus) -> {
      bed.text(bus, "declared-rules", "a", type("special"));
      bed.text(bus, "declared-rules", "a", type("other"));
      bed.until(bus + "/declared_special", List.of("special text/plain a"));
      bed.until(bus + "/declared_plain", List.of("other text/plain a"));
    }));
    test("puts events of a declared subscription aside over {app}", eachBus((bed, bus) -> {
      bed.text(bus, "declared-rules", "x", type("refused"));
      bed.until(bus + "/declared_dead", List.of("refused text/plain x"));
      bed.until(bus + "/declared_refused", List.of("refused text/plain x"));
    }));
    test("publishes what a transaction of an outbox writes over {app}", bed -> {
      bed.client.executeStateTransaction("outbox", List.of(
          new TransactionalStateOperation<>(OperationType.UPSERT, new State<>("order", "bought", "")),
          new TransactionalStateOperation<>(OperationType.DELETE, new State<>("basket"))))
          .block(Client.LIMIT);
      // The SDK writes strings as JSON, and names no content type.
      bed.until("bus/declared_outbox", List.of(PLAIN + "\"bought\""));
      Client.equal(
          bed.client.getState("outbox", "order", String.class).block(Client.LIMIT).getValue(), "bought");
    });
  }

  /** Notes what arrives, and answers with the status that the text names. */
  static Subscription listen(Bed bed, String bus, String topic, Set<String> texts) {
    return bed.preview.subscribeToEvents(bus, bed.prefix + topic, new SubscriptionListener<String>() {
      @Override
      public Mono<Status> onEvent(CloudEvent<String> event) {
        String text = event.getData();
        boolean isNew = texts.add(text);
        if (text.equals("drop")) return Mono.just(Status.DROP);
        if (text.equals("retry") && isNew) return Mono.just(Status.RETRY);
        if (text.equals("retry")) texts.add("retried");
        return Mono.just(Status.SUCCESS);
      }

      @Override
      public void onError(RuntimeException error) {
        texts.add("error: " + error);
      }
    }, TypeRef.STRING);
  }

  /** Publishes until all has arrived: the SDK does not say when a stream is open, and in memory what comes before is lost. */
  static void publishUntil(
      Bed bed, String bus, String topic, List<String> send, Set<String> texts, Set<String> want)
      throws Exception {
    long end = System.nanoTime() + LIMIT_NS;
    while (!texts.equals(want)) {
      if (System.nanoTime() > end) throw new AssertionError("got " + texts);
      for (String text : send) bed.publish(bus, topic, text, "application/json", Map.of());
      Thread.sleep(100);
    }
  }

  void streams() {
    test("subscribes with a stream", eachBus((bed, bus) -> {
      Set<String> texts = ConcurrentHashMap.newKeySet();
      List<String> send = new ArrayList<>();
      for (int n = 0; n < 20; n++) send.add("" + n);
      Subscription stream = listen(bed, bus, "streamed", texts);
      publishUntil(bed, bus, "streamed", send, texts, Set.copyOf(send));
      stream.close();
    }));
    test("retries and drops on a stream", eachBus((bed, bus) -> {
      Set<String> texts = ConcurrentHashMap.newKeySet();
      Subscription stream = listen(bed, bus, "answered", texts);
      Set<String> want = Set.of("drop", "retry", "retried", "last");
      publishUntil(bed, bus, "answered", List.of("drop", "retry", "last"), texts, want);
      stream.close();
    }));
    test("subscribes with several streams and closes them", eachBus((bed, bus) -> {
      for (int turn = 0; turn < 2; turn++) {
        Set<String> a = ConcurrentHashMap.newKeySet();
        Set<String> b = ConcurrentHashMap.newKeySet();
        Subscription first = listen(bed, bus, "several-a-" + turn, a);
        Subscription second = listen(bed, bus, "several-b", b);
        publishUntil(bed, bus, "several-a-" + turn, List.of("to a"), a, Set.of("to a"));
        publishUntil(bed, bus, "several-b", List.of("to b"), b, Set.of("to b"));
        first.close();
        second.close();
      }
    }));
  }

  static String detail(DaprException error, ErrorDetailType type, String name) {
    return error.getErrorDetails().get(type, name, TypeRef.STRING);
  }

  void errors() {
    test("refuses an unknown broker", bed -> {
      DaprException error = Client.refused(
          () -> bed.client.publishEvent("nowhere", "t", "x").block(Client.LIMIT),
          "INVALID_ARGUMENT", "pubsub nowhere is not found");
      Client.equal(detail(error, ErrorDetailType.ERROR_INFO, "reason"), "DAPR_PUBSUB_NOT_FOUND");
    });
    test("refuses a topic that is not allowed", bed -> {
      bed.client.publishEvent("limited", "open", "x").block(Client.LIMIT);
      DaprException error = Client.refused(
          () -> bed.client.publishEvent("limited", "closed", "x").block(Client.LIMIT),
          "PERMISSION_DENIED", "topic closed is not allowed for app id java-grpc-events");
      Client.equal(detail(error, ErrorDetailType.ERROR_INFO, "reason"), "DAPR_PUBSUB_FORBIDDEN");
      Client.equal(detail(error, ErrorDetailType.RESOURCE_INFO, "resourceType"), "pubsub");
    });
  }

  void bindings() {
    test("receives from an input binding over {app}", bed -> {
      long end = System.nanoTime() + LIMIT_NS;
      while (bed.got("bindings/tick").isEmpty()) {
        if (System.nanoTime() > end) throw new AssertionError("no event");
        Thread.sleep(20);
      }
    });
    test("calls the gRPC service of an app by its dapr-app-id", bed -> {
      String id = bed.client.getMetadata().block(Client.LIMIT).getId();
      var app = http.client.newGrpcStub(id, channel -> AppCallbackGrpc.newBlockingStub(channel));
      var list = app.listInputBindings(Empty.getDefaultInstance());
      Client.equal(list.getBindingsList().stream().toList(), List.of("tick"));
    });
    test("invokes an output binding", bed -> {
      var client = bed.client;
      Map<String, String> metadata = Map.of("fileName", "java.txt");
      byte[] text = "written by Java".getBytes();
      client.invokeBinding("files", "create", text, metadata).block(Client.LIMIT);
      byte[] back = client.invokeBinding("files", "get", new byte[0], metadata).block(Client.LIMIT);
      Client.equal(new String(back), "written by Java");
      Client.refused(
          () -> client.invokeBinding("files", "dance", new byte[0], Map.of()).block(Client.LIMIT),
          "INTERNAL", "does not support operation dance");
    });
  }
}
