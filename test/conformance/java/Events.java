import com.google.protobuf.Empty;
import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.DaprPreviewClient;
import io.dapr.client.SubscriptionListener;
import io.dapr.client.domain.CloudEvent;
import io.dapr.client.domain.PublishEventRequest;
import io.dapr.config.Properties;
import io.dapr.utils.TypeRef;
import io.dapr.v1.AppCallbackAlphaGrpc;
import io.dapr.v1.AppCallbackGrpc;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.ListInputBindingsResponse;
import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequestEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponseEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse.TopicEventResponseStatus;
import io.dapr.v1.DaprAppCallbackProtos.TopicSubscription;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** Pub/sub and bindings with the Java SDK: a gRPC app with its generated services, and clients of its sidecar. */
class Events {
  static final String[] BUSES = System.getenv("BUSES").split(",");
  static final String PREFIX = System.getenv("PREFIX");
  static final String PLAIN = "com.dapr.event.sent text/plain ";
  static final long LIMIT_NS = Client.LIMIT.toNanos();

  interface BusBody {
    void run(String bus) throws Exception;
  }

  final Map<String, List<String>> seen = new ConcurrentHashMap<>();
  final Client tests;
  final DaprClient client;
  final DaprPreviewClient preview;

  Events(Client tests) throws Exception {
    this.tests = tests;
    int appPort = Integer.parseInt(System.getenv("EVENTS_APP_PORT"));
    NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", appPort))
        .addService(new App())
        .addService(new BulkApp())
        .build()
        .start();
    DaprClientBuilder builder = new DaprClientBuilder()
        .withPropertyOverride(Properties.GRPC_PORT, System.getenv("EVENTS_GRPC_PORT"))
        .withPropertyOverride(Properties.HTTP_PORT, System.getenv("EVENTS_HTTP_PORT"));
    client = builder.build();
    preview = builder.buildPreviewClient();
  }

  void note(String place, String text) {
    seen.computeIfAbsent(place, key -> new CopyOnWriteArrayList<>()).add(text);
  }

  List<String> got(String place) {
    List<String> texts = new ArrayList<>(seen.getOrDefault(place, List.of()));
    texts.sort(null);
    return texts;
  }

  /** Waits for exactly these texts, in any order. */
  void until(String place, List<String> wanted) throws InterruptedException {
    List<String> want = new ArrayList<>(wanted);
    want.sort(null);
    long end = System.nanoTime() + LIMIT_NS;
    while (!got(place).equals(want)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(place + ": expected " + want + ", got " + got(place));
      }
      Thread.sleep(20);
    }
  }

  class App extends AppCallbackGrpc.AppCallbackImplBase {
    @Override
    public void listTopicSubscriptions(
        Empty request, StreamObserver<ListTopicSubscriptionsResponse> answer) {
      ListTopicSubscriptionsResponse.Builder list = ListTopicSubscriptionsResponse.newBuilder();
      for (String bus : BUSES) {
        list.addSubscriptions(
            TopicSubscription.newBuilder().setPubsubName(bus).setTopic(PREFIX + "orders"));
        list.addSubscriptions(TopicSubscription.newBuilder()
            .setPubsubName(bus).setTopic(PREFIX + "raw").putMetadata("rawPayload", "true"));
      }
      answer.onNext(list.build());
      answer.onCompleted();
    }

    @Override
    public void onTopicEvent(TopicEventRequest event, StreamObserver<TopicEventResponse> answer) {
      String path = event.getPath();
      String place = path.isEmpty() ? event.getTopic().substring(PREFIX.length()) : path.substring(1);
      note(event.getPubsubName() + "/" + place,
          event.getType() + " " + event.getDataContentType() + " "
              + event.getData().toString(StandardCharsets.ISO_8859_1));
      boolean isRefused = path.equals("/refused");
      answer.onNext(TopicEventResponse.newBuilder()
          .setStatus(isRefused ? TopicEventResponseStatus.RETRY : TopicEventResponseStatus.SUCCESS)
          .build());
      answer.onCompleted();
    }

    @Override
    public void listInputBindings(Empty request, StreamObserver<ListInputBindingsResponse> answer) {
      answer.onNext(ListInputBindingsResponse.newBuilder().addBindings("tick").build());
      answer.onCompleted();
    }

    @Override
    public void onBindingEvent(
        BindingEventRequest event, StreamObserver<BindingEventResponse> answer) {
      note(event.getName(), "");
      answer.onNext(BindingEventResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  /** The stable method is not in the SDK's services yet: sidecars fall back to this one. */
  class BulkApp extends AppCallbackAlphaGrpc.AppCallbackAlphaImplBase {
    @Override
    public void onBulkTopicEventAlpha1(
        TopicEventBulkRequest batch, StreamObserver<TopicEventBulkResponse> answer) {
      TopicEventBulkResponse.Builder statuses = TopicEventBulkResponse.newBuilder();
      for (TopicEventBulkRequestEntry entry : batch.getEntriesList()) {
        note(batch.getPubsubName() + batch.getPath(), entry.getCloudEvent().getData().toStringUtf8());
        statuses.addStatuses(TopicEventBulkResponseEntry.newBuilder()
            .setEntryId(entry.getEntryId()).setStatus(TopicEventResponseStatus.SUCCESS));
      }
      answer.onNext(statuses.build());
      answer.onCompleted();
    }
  }

  void test(String name, BusBody body) {
    tests.test(name, () -> {
      for (String bus : BUSES) body.run(bus);
    });
  }

  Mono<Void> publish(String bus, String topic, Object data, String type, Map<String, String> metadata) {
    return client.publishEvent(new PublishEventRequest(bus, PREFIX + topic, data)
        .setContentType(type).setMetadata(metadata));
  }

  void text(String bus, String topic, String text, Map<String, String> metadata) {
    publish(bus, topic, text.getBytes(StandardCharsets.UTF_8), "text/plain", metadata)
        .block(Client.LIMIT);
  }

  void run() throws Exception {
    apps();
    streams();
    bindings();
    client.close();
    preview.close();
  }

  void apps() {
    test("receives through a declared subscription", bus -> {
      // An app subscribes after it has become ready.
      long end = System.nanoTime() + LIMIT_NS;
      while (got(bus + "/plain").isEmpty()) {
        if (System.nanoTime() > end) throw new AssertionError("nothing arrived");
        try {
          text(bus, "declared", "first", Map.of());
        } catch (RuntimeException e) {
          // Not ready yet.
        }
        Thread.sleep(50);
      }
    });
    test("publishes to a programmatic subscription", bus -> {
      text(bus, "orders", "text", Map.of());
      client.publishEvent(bus, PREFIX + "orders", Map.of("n", 1)).block(Client.LIMIT);
      String whole = "{\"specversion\":\"1.0\",\"id\":\"own\",\"source\":\"s\",\"type\":\"mine\","
          + "\"datacontenttype\":\"text/plain\",\"data\":\"whole\"}";
      publish(bus, "orders", whole.getBytes(), "application/cloudevents+json", Map.of())
          .block(Client.LIMIT);
      until(bus + "/orders", List.of(
          PLAIN + "text", "com.dapr.event.sent application/json {\"n\":1}", "mine text/plain whole"));
    });
    test("publishes raw bytes", bus -> {
      byte[] bytes = {1, (byte) 0xff};
      publish(bus, "raw", bytes, "application/octet-stream", Map.of("rawPayload", "true"))
          .block(Client.LIMIT);
      until(bus + "/raw", List.of("com.dapr.event.sent application/octet-stream \u0001\u00ff"));
    });
    test("publishes what has expired to nobody", bus -> {
      List<String> want = got(bus + "/orders");
      text(bus, "orders", "late", Map.of("ttl", "-1s"));
      text(bus, "orders", "in time", Map.of("ttl", "60"));
      want.add(PLAIN + "in time");
      until(bus + "/orders", want);
    });
    test("publishes and receives in bulk", bus -> {
      List<String> events = new ArrayList<>();
      for (int n = 0; n < 30; n++) events.add("bulk " + n);
      var answer =
          preview.publishEvents(bus, PREFIX + "batch", "text/plain", events).block(Client.LIMIT);
      Client.equal(answer.getFailedEntries().size(), 0);
      List<String> want = new ArrayList<>();
      for (String event : events) want.add(event);
      until(bus + "/batch", want);
    });
    test("routes by the rules of a declared subscription", bus -> {
      text(bus, "declared", "a", Map.of("cloudevent.type", "special"));
      until(bus + "/special", List.of("special text/plain a"));
    });
    test("puts refused events aside", bus -> {
      text(bus, "refused", "x", Map.of());
      until(bus + "/dead", List.of(PLAIN + "x"));
      until(bus + "/refused", List.of(PLAIN + "x"));
    });
  }

  void streams() {
    test("subscribes with a stream", bus -> {
      Set<String> texts = ConcurrentHashMap.newKeySet();
      var stream = preview.subscribeToEvents(bus, PREFIX + "streamed", new SubscriptionListener<String>() {
        @Override
        public Mono<Status> onEvent(CloudEvent<String> event) {
          texts.add(event.getData());
          // The first attempt at one of them does not count.
          boolean isFirst = event.getData().equals("3") && texts.add("seen 3");
          return Mono.just(isFirst ? Status.DROP : Status.SUCCESS);
        }

        @Override
        public void onError(RuntimeException error) {
          texts.add("error: " + error);
        }
      }, TypeRef.STRING);
      Set<String> want = new HashSet<>(Arrays.asList("seen 3"));
      for (int n = 0; n < 20; n++) want.add("" + n);
      // The SDK does not say when a stream is open: in memory, what comes before is lost.
      long end = System.nanoTime() + LIMIT_NS;
      while (!texts.equals(want)) {
        if (System.nanoTime() > end) throw new AssertionError("got " + texts);
        for (int n = 0; n < 20; n++) {
          publish(bus, "streamed", "" + n, "application/json", Map.of()).block(Client.LIMIT);
        }
        Thread.sleep(100);
      }
      stream.close();
    });
    tests.test("refuses an unknown broker", () -> Client.refused(
        () -> client.publishEvent("nowhere", "t", "x").block(Client.LIMIT),
        "INVALID_ARGUMENT", "pubsub nowhere is not found"));
  }

  void bindings() {
    tests.test("receives from an input binding", () -> {
      long end = System.nanoTime() + LIMIT_NS;
      while (got("tick").isEmpty()) {
        if (System.nanoTime() > end) throw new AssertionError("no event");
        Thread.sleep(20);
      }
    });
    tests.test("invokes an output binding", () -> {
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
