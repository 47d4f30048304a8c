import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.DaprPreviewClient;
import io.dapr.client.domain.ConfigurationItem;
import io.dapr.client.domain.ConversationInput;
import io.dapr.client.domain.ConversationInputAlpha2;
import io.dapr.client.domain.ConversationMessageContent;
import io.dapr.client.domain.ConversationRequest;
import io.dapr.client.domain.ConversationRequestAlpha2;
import io.dapr.client.domain.ConversationTools;
import io.dapr.client.domain.ConversationToolsFunction;
import io.dapr.client.domain.HttpExtension;
import io.dapr.client.domain.State;
import io.dapr.client.domain.StateOptions;
import io.dapr.client.domain.TransactionalStateOperation;
import io.dapr.client.domain.TransactionalStateOperation.OperationType;
import io.dapr.client.domain.UserMessage;
import io.dapr.exceptions.DaprErrorDetails;
import io.dapr.exceptions.DaprException;
import io.dapr.utils.TypeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a client does with the Java SDK; prints one JSON line per test. Settings come from the environment. */
public class Client {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final String[] STORES = System.getenv("STORES").split(",");
  static final String SERVICE = System.getenv("HTTP_SERVICE_ID");
  static final StateOptions FIRST_WRITE =
      new StateOptions(StateOptions.Consistency.STRONG, StateOptions.Concurrency.FIRST_WRITE);

  interface Body {
    void run() throws Exception;
  }

  interface StoreBody {
    void run(String store) throws Exception;
  }

  final DaprClient client = new DaprClientBuilder().build();
  final DaprPreviewClient preview = new DaprClientBuilder().buildPreviewClient();

  public static void main(String[] args) throws Exception {
    Client tests = new Client();
    tests.state();
    tests.others();
    new Events(tests).run();
    tests.client.close();
    tests.preview.close();
    System.exit(0);
  }

  void test(String name, Body body) {
    String error = null;
    try {
      body.run();
    } catch (Throwable e) {
      error = String.valueOf(e);
    }
    System.out.println("{\"name\":" + quote(name) + ",\"error\":" + quote(error) + "}");
  }

  static String quote(String text) {
    if (text == null) return "null";
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }

  static void equal(Object got, Object want) {
    if (!Objects.equals(got, want)) throw new AssertionError("expected " + want + ", got " + got);
  }

  /** The error with which a call must fail. */
  static DaprException refused(Body body, String code, String part) throws Exception {
    try {
      body.run();
    } catch (DaprException e) {
      equal(e.getErrorCode(), code);
      if (!e.getMessage().contains(part)) throw new AssertionError("no '" + part + "' in " + e);
      return e;
    }
    throw new AssertionError("the call succeeded");
  }

  Body eachStore(StoreBody body) {
    return () -> {
      for (String store : STORES) body.run(store);
    };
  }

  void state() {
    test("saves, reads and deletes state", eachStore(store -> {
      client.saveState(store, "java-one", Map.of("n", 1)).block(LIMIT);
      State<Map<String, Integer>> got =
          client.getState(store, "java-one", new TypeRef<Map<String, Integer>>() {}).block(LIMIT);
      equal(got.getValue(), Map.of("n", 1));
      if (got.getEtag() == null || got.getEtag().isEmpty()) throw new AssertionError("no etag");
      client.deleteState(store, "java-one").block(LIMIT);
      equal(client.getState(store, "java-one", String.class).block(LIMIT).getValue(), null);
    }));
    test("keeps unicode", eachStore(store -> {
      client.saveState(store, "java-text", "Grüße, 世界").block(LIMIT);
      equal(client.getState(store, "java-text", String.class).block(LIMIT).getValue(), "Grüße, 世界");
    }));
    test("saves and reads several keys at once", eachStore(store -> {
      List<State<?>> items = new ArrayList<>();
      for (int n = 0; n < 5; n++) items.add(new State<>("java-b" + n, "" + n, ""));
      client.saveBulkState(store, items).block(LIMIT);
      Map<String, String> found = new TreeMap<>();
      List<String> keys = List.of("java-b0", "java-b4", "java-none");
      for (State<String> item : client.getBulkState(store, keys, String.class).block(LIMIT)) {
        found.put(item.getKey(), String.valueOf(item.getValue()));
      }
      equal(found, Map.of("java-b0", "0", "java-b4", "4", "java-none", "null"));
    }));
    test("refuses an outdated etag", eachStore(store -> {
      client.saveState(store, "java-etag", "1").block(LIMIT);
      String etag = client.getState(store, "java-etag", String.class).block(LIMIT).getEtag();
      client.saveState(store, "java-etag", etag, "2", FIRST_WRITE).block(LIMIT);
      refused(
          () -> client.saveState(store, "java-etag", etag, "3", FIRST_WRITE).block(LIMIT),
          "ABORTED", "etag mismatch");
    }));
    test("runs a transaction", eachStore(store -> {
      client.saveState(store, "java-gone", "1").block(LIMIT);
      client.executeStateTransaction(store, List.of(
          new TransactionalStateOperation<>(OperationType.UPSERT, new State<>("java-kept", "2", "")),
          new TransactionalStateOperation<>(OperationType.DELETE, new State<>("java-gone")))).block(LIMIT);
      equal(client.getState(store, "java-kept", String.class).block(LIMIT).getValue(), "2");
      equal(client.getState(store, "java-gone", String.class).block(LIMIT).getValue(), null);
    }));
    test("forgets after a time to live", eachStore(store -> {
      Map<String, String> metadata = Map.of("ttlInSeconds", "1");
      State<?> item = new State<>("java-ttl", "1", "", metadata, null);
      client.saveBulkState(store, List.<State<?>>of(item)).block(LIMIT);
      long end = System.nanoTime() + LIMIT.toNanos();
      while (client.getState(store, "java-ttl", String.class).block(LIMIT).getValue() != null) {
        if (System.nanoTime() > end) throw new AssertionError("still there");
        Thread.sleep(50);
      }
    }));
    test("explains an unknown store", () -> {
      DaprException e = refused(
          () -> client.getState("nowhere", "k", String.class).block(LIMIT),
          "INVALID_ARGUMENT", "state store nowhere is not found");
      equal(
          e.getErrorDetails().get(
              DaprErrorDetails.ErrorDetailType.ERROR_INFO, "reason", TypeRef.STRING),
          "DAPR_STATE_NOT_FOUND");
    });
  }

  void others() {
    test("waits for the sidecar", () -> client.waitForSidecar(5000).block(LIMIT));
    test("invokes an app", () -> {
      String got = new String(
          client.invokeMethod(SERVICE, "echo", null, HttpExtension.GET, byte[].class).block(LIMIT));
      equal(got, "{\"method\":\"GET\",\"url\":\"/echo\",\"body\":\"\"}");
    });
    test("invokes with a body and a query", () -> {
      HttpExtension post = new HttpExtension(
          io.dapr.client.DaprHttp.HttpMethods.POST, Map.of("x", List.of("1")), Map.of());
      byte[] got =
          client.invokeMethod(SERVICE, "a/b", "text".getBytes(), post, Map.of()).block(LIMIT);
      equal(new String(got), "{\"method\":\"POST\",\"url\":\"/a/b?x=1\",\"body\":\"text\"}");
    });
    test("reports an app that is not there", () ->
        refused(
            () -> client.invokeMethod("nobody", "echo", null, HttpExtension.GET, byte[].class).block(LIMIT),
            "ERR_DIRECT_INVOKE", "nobody"));
    test("reads metadata", () ->
        equal(client.getMetadata().block(LIMIT).getId(), System.getenv("CALLER_ID")));
    test("reads a secret", () -> {
      String name = System.getenv("SECRET_NAME");
      equal(
          client.getSecret("secrets", name).block(LIMIT), Map.of(name, System.getenv("SECRET_VALUE")));
    });
    test("reads all secrets", () -> {
      String name = System.getenv("SECRET_NAME");
      equal(
          client.getBulkSecret("secrets").block(LIMIT).get(name),
          Map.of(name, System.getenv("SECRET_VALUE")));
    });
    test("reports a missing secret", () ->
        refused(
            () -> client.getSecret("secrets", "nothing").block(LIMIT),
            "INTERNAL", "secret nothing not found"));
    test("takes and releases a lock", () -> {
      equal(preview.tryLock("locks", "java-res", "a", 30).block(LIMIT), true);
      equal(preview.tryLock("locks", "java-res", "b", 30).block(LIMIT), false);
      List<String> got = new ArrayList<>();
      for (String owner : List.of("b", "a", "a")) {
        got.add(preview.unlock("locks", "java-res", owner).block(LIMIT).name());
      }
      equal(got, List.of("LOCK_BELONG_TO_OTHERS", "SUCCESS", "LOCK_UNEXIST"));
    });
    test("reads configuration", () -> {
      ConfigurationItem item =
          client.getConfiguration("configuration", System.getenv("FIXED_KEY")).block(LIMIT);
      equal(item.getValue() + "/" + item.getVersion(), "blue/3");
    });
    test("follows configuration", () -> {
      String key = System.getenv("CHANGING_KEY");
      List<String> values = client.subscribeConfiguration("configuration", key)
          .filter(event -> event.getItems().containsKey(key))
          .map(event -> event.getItems().get(key).getValue())
          .distinctUntilChanged()
          .take(3)
          .collectList()
          .block(LIMIT);
      equal(values.size(), 3);
    });
    test("converses (alpha1)", () -> {
      ConversationRequest request =
          new ConversationRequest("echo", List.of(new ConversationInput("hello"))).setContextId("ctx");
      var got = preview.converse(request).block(LIMIT);
      equal(
          got.getContextId() + "/" + got.getConversationOutputs().get(0).getResult(), "ctx/hello");
    });
    test("converses with tools (alpha2)", () -> {
      UserMessage question =
          new UserMessage(List.of(new ConversationMessageContent("what is the weather?")));
      ConversationRequestAlpha2 request =
          new ConversationRequestAlpha2("echo", List.of(new ConversationInputAlpha2(List.of(question))));
      request.setTools(
          List.of(new ConversationTools(new ConversationToolsFunction("weather", Map.of()))));
      var choice = preview.converseAlpha2(request).block(LIMIT).getOutputs().get(0).getChoices().get(0);
      equal(choice.getMessage().getContent(), "what is the weather?");
      equal(
          choice.getFinishReason() + "/"
              + choice.getMessage().getToolCalls().get(0).getFunction().getName(),
          "tool_calls/weather");
    });
    test("refuses a conversation with nobody", () ->
        refused(
            () -> preview.converse(
                new ConversationRequest("nobody", List.of(new ConversationInput("x")))).block(LIMIT),
            "INVALID_ARGUMENT", "failed finding conversation component nobody"));
  }
}
