import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Empty;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.DaprPreviewClient;
import io.dapr.client.domain.CloudEvent;
import io.dapr.client.domain.PublishEventRequest;
import io.dapr.config.Properties;
import io.dapr.v1.AppCallbackAlphaGrpc;
import io.dapr.v1.AppCallbackGrpc;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.BulkSubscribeConfig;
import io.dapr.v1.DaprAppCallbackProtos.ListInputBindingsResponse;
import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequestEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponseEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse.TopicEventResponseStatus;
import io.dapr.v1.DaprAppCallbackProtos.TopicRoutes;
import io.dapr.v1.DaprAppCallbackProtos.TopicRule;
import io.dapr.v1.DaprAppCallbackProtos.TopicSubscription;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An app, the sidecar of which has brokers, bindings and an outbox. */
abstract class Bed {
  static final String[] BUSES = System.getenv("BUSES").split(",");

  final String protocol;
  final String prefix;
  final InetSocketAddress address;
  final DaprClient client;
  final DaprPreviewClient preview;
  private final Map<String, List<String>> seen = new ConcurrentHashMap<>();

  Bed(String protocol) {
    String name = protocol.toUpperCase();
    this.protocol = protocol;
    prefix = System.getenv(name + "_PREFIX");
    address = new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv(name + "_APP_PORT")));
    DaprClientBuilder builder = new DaprClientBuilder()
        .withPropertyOverride(Properties.GRPC_PORT, System.getenv(name + "_SIDECAR").split(":")[1])
        .withPropertyOverride(Properties.HTTP_PORT, System.getenv(name + "_SIDECAR_HTTP_PORT"));
    client = builder.build();
    preview = builder.buildPreviewClient();
  }

  /** Keeps what arrives; first events only show that a subscription is there. */
  void note(String bus, String place, String type, String text) {
    String key = bus + (text.equals("first") ? "/first/" : "/") + place;
    seen.computeIfAbsent(key, absent -> new CopyOnWriteArrayList<>()).add(type + text);
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
    long end = System.nanoTime() + Client.LIMIT.toNanos();
    while (!got(place).equals(want)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(place + ": expected " + want + ", got " + got(place));
      }
      Thread.sleep(20);
    }
  }

  void publish(String bus, String topic, Object data, String type, Map<String, String> metadata) {
    client.publishEvent(new PublishEventRequest(bus, prefix + topic, data)
        .setContentType(type).setMetadata(metadata)).block(Client.LIMIT);
  }

  void text(String bus, String topic, String text, Map<String, String> metadata) {
    publish(bus, topic, text.getBytes(StandardCharsets.UTF_8), "text/plain", metadata);
  }

  void close() throws Exception {
    client.close();
    preview.close();
  }

  static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The services that the SDK brings for gRPC apps. */
  static final class Grpc extends Bed {
    Grpc() throws IOException {
      super("grpc");
      NettyServerBuilder.forAddress(address)
          .addService(new App())
          .addService(new BulkApp())
          .build()
          .start();
    }

    class App extends AppCallbackGrpc.AppCallbackImplBase {
      @Override
      public void listTopicSubscriptions(
          Empty request, StreamObserver<ListTopicSubscriptionsResponse> answer) {
        ListTopicSubscriptionsResponse.Builder list = ListTopicSubscriptionsResponse.newBuilder();
        for (String bus : BUSES) {
          list.addSubscriptions(topic(bus, "orders"));
          list.addSubscriptions(topic(bus, "raw").putMetadata("rawPayload", "true"));
          TopicRule rule =
              TopicRule.newBuilder().setMatch("event.type == \"special\"").setPath("/special").build();
          list.addSubscriptions(topic(bus, "routed")
              .setRoutes(TopicRoutes.newBuilder().addRules(rule).setDefault("/plain")));
          list.addSubscriptions(topic(bus, "refused").setDeadLetterTopic(prefix + "dead"));
          list.addSubscriptions(topic(bus, "dead"));
          list.addSubscriptions(topic(bus, "batch").setBulkSubscribe(BulkSubscribeConfig.newBuilder()
              .setEnabled(true).setMaxMessagesCount(10).setMaxAwaitDurationMs(100)));
        }
        answer.onNext(list.build());
        answer.onCompleted();
      }

      TopicSubscription.Builder topic(String bus, String topic) {
        return TopicSubscription.newBuilder().setPubsubName(bus).setTopic(prefix + topic);
      }

      @Override
      public void onTopicEvent(TopicEventRequest event, StreamObserver<TopicEventResponse> answer) {
        String path = event.getPath();
        String place = path.isEmpty() ? event.getTopic().substring(prefix.length()) : path.substring(1);
        note(event.getPubsubName(), place, event.getType() + " " + event.getDataContentType() + " ",
            latin(event.getData().toByteArray()));
        answer.onNext(TopicEventResponse.newBuilder()
            .setStatus(place.endsWith("refused")
                ? TopicEventResponseStatus.RETRY : TopicEventResponseStatus.SUCCESS)
            .build());
        answer.onCompleted();
      }

      @Override
      public void listInputBindings(
          Empty request, StreamObserver<ListInputBindingsResponse> answer) {
        answer.onNext(ListInputBindingsResponse.newBuilder().addBindings("tick").build());
        answer.onCompleted();
      }

      @Override
      public void onBindingEvent(
          BindingEventRequest event, StreamObserver<BindingEventResponse> answer) {
        note("bindings", event.getName(), "", "");
        answer.onNext(BindingEventResponse.getDefaultInstance());
        answer.onCompleted();
      }
    }

    /** The stable method is not in the SDK's services yet: sidecars fall back to this one. */
    class BulkApp extends AppCallbackAlphaGrpc.AppCallbackAlphaImplBase {
      @Override
      public void onBulkTopicEventAlpha1(
          TopicEventBulkRequest batch, StreamObserver<TopicEventBulkResponse> answer) {
        String path = batch.getPath();
        String place = path.isEmpty() ? batch.getTopic().substring(prefix.length()) : path.substring(1);
        TopicEventBulkResponse.Builder statuses = TopicEventBulkResponse.newBuilder();
        for (TopicEventBulkRequestEntry entry : batch.getEntriesList()) {
          note(batch.getPubsubName(), place, "", entry.getCloudEvent().getData().toStringUtf8());
          statuses.addStatuses(TopicEventBulkResponseEntry.newBuilder()
              .setEntryId(entry.getEntryId()).setStatus(TopicEventResponseStatus.SUCCESS));
        }
        answer.onNext(statuses.build());
        answer.onCompleted();
      }
    }
  }

  /** An HTTP server that reads events with the SDK's class; the SDK itself serves HTTP only through Spring. */
  static final class Http extends Bed {
    private static final ObjectMapper JSON = new ObjectMapper();

    Http() throws IOException {
      super("http");
      HttpServer server = HttpServer.create(address, 0);
      server.createContext("/", this::answer);
      server.setExecutor(Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
      }));
      server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      byte[] body = exchange.getRequestBody().readAllBytes();
      Object answer = Map.of();
      int status = 200;
      if (path.equals("/dapr/subscribe")) {
        answer = subscriptions();
      } else if (path.equals("/tick")) {
        if (method.equals("POST")) note("bindings", "tick", "", "");
      } else if (method.equals("POST")) {
        answer = receive(path.substring(path.lastIndexOf('/') + 1), body);
      } else {
        status = 404;
      }
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().add("content-type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }

    private List<Object> subscriptions() {
      List<Object> list = new ArrayList<>();
      for (String bus : BUSES) {
        list.add(topic(bus, "orders", "route", "/orders"));
        list.add(topic(bus, "raw", "route", "/raw", "metadata", Map.of("rawPayload", "true")));
        Object rule = Map.of("match", "event.type == \"special\"", "path", "/special");
        list.add(topic(bus, "routed", "routes", Map.of("rules", List.of(rule), "default", "/plain")));
        list.add(topic(bus, "refused", "route", "/refused", "deadLetterTopic", prefix + "dead"));
        list.add(topic(bus, "dead", "route", "/dead"));
        list.add(topic(bus, "batch", "route", "/batch", "bulkSubscribe",
            Map.of("enabled", true, "maxMessagesCount", 10, "maxAwaitDurationMs", 100)));
      }
      return list;
    }

    private Map<String, Object> topic(String bus, String topic, Object... more) {
      Map<String, Object> subscription = new ConcurrentHashMap<>();
      subscription.put("pubsubname", bus);
      subscription.put("topic", prefix + topic);
      for (int n = 0; n < more.length; n += 2) subscription.put((String) more[n], more[n + 1]);
      return subscription;
    }

    private Object receive(String place, byte[] body) throws IOException {
      JsonNode entries = JSON.readTree(body).get("entries");
      if (entries == null) {
        CloudEvent<?> event = CloudEvent.deserialize(body);
        note(event.getPubsubName(), place,
            event.getType() + " " + event.getDatacontenttype() + " ", textOf(event));
        return Map.of("status", place.endsWith("refused") ? "RETRY" : "SUCCESS");
      }
      List<Object> statuses = new ArrayList<>();
      for (JsonNode entry : entries) {
        CloudEvent<?> event = CloudEvent.deserialize(JSON.writeValueAsBytes(entry.get("event")));
        note(event.getPubsubName(), place, "", textOf(event));
        statuses.add(Map.of("entryId", entry.get("entryId").asText(), "status", "SUCCESS"));
      }
      return Map.of("statuses", statuses);
    }

    private static String textOf(CloudEvent<?> event) throws IOException {
      if (event.getBinaryData() != null) return latin(event.getBinaryData());
      Object data = event.getData();
      return data instanceof String text ? text : JSON.writeValueAsString(data);
    }
  }
}
