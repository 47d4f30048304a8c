package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	runtime "github.com/dapr/dapr/pkg/proto/runtime/v1"
	dapr "github.com/dapr/go-sdk/client"
	"github.com/dapr/go-sdk/service/common"
	"github.com/dapr/go-sdk/service/grpc"
	"github.com/dapr/go-sdk/service/http"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"
)

var buses = strings.Split(os.Getenv("BUSES"), ",")

// A bed is an app of the SDK, the sidecar of which has brokers, bindings and an outbox.
type bed struct {
	dapr.Client
	// Protocol of the app.
	protocol string
	// Before the names of all topics.
	prefix string
	seen   inbox
}

var beds = []*bed{newBed("http"), newBed("grpc")}

func newBed(protocol string) *bed {
	prefix := os.Getenv(strings.ToUpper(protocol) + "_PREFIX")
	return &bed{protocol: protocol, prefix: prefix, seen: inbox{texts: map[string][]string{}}}
}

// inbox keeps what has arrived, by where.
type inbox struct {
	lock  sync.Mutex
	texts map[string][]string
}

func (i *inbox) add(place, text string) {
	i.lock.Lock()
	defer i.lock.Unlock()
	i.texts[place] = append(i.texts[place], text)
}

func (i *inbox) sorted(place string) []string {
	i.lock.Lock()
	defer i.lock.Unlock()
	got := append([]string{}, i.texts[place]...)
	sort.Strings(got)
	return got
}

// until waits for exactly these texts, in any order.
func (i *inbox) until(ctx context.Context, place string, want ...string) error {
	sort.Strings(want)
	for {
		got := i.sorted(place)
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: expected %q, got %q", place, want, got)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// note keeps what arrives; first events only show that a subscription is there.
func (b *bed) note(place string) common.TopicEventHandler {
	return func(_ context.Context, e *common.TopicEvent) (bool, error) {
		text := textOf(e)
		if text == "first" {
			b.seen.add(e.PubsubName+"/first/"+place, text)
		} else {
			b.seen.add(e.PubsubName+"/"+place, e.Type+" "+e.DataContentType+" "+text)
		}
		return false, nil
	}
}

func (b *bed) refuse(place string) common.TopicEventHandler {
	return func(ctx context.Context, e *common.TopicEvent) (bool, error) {
		_, _ = b.note(place)(ctx, e)
		return false, errors.New("not this one")
	}
}

func textOf(e *common.TopicEvent) string {
	switch data := e.Data.(type) {
	case string:
		return data
	case []byte:
		return string(data)
	default:
		text, _ := json.Marshal(data)
		return string(text)
	}
}

// start serves the app as the SDK's documentation has it, and connects to its sidecar.
func (b *bed) start() error {
	name := strings.ToUpper(b.protocol)
	address := "127.0.0.1:" + os.Getenv(name+"_APP_PORT")
	app := http.NewService(address)
	if b.protocol == "grpc" {
		var err error
		if app, err = grpc.NewService(address); err != nil {
			return err
		}
	}
	for _, bus := range buses {
		if err := b.serve(app, bus); err != nil {
			return err
		}
	}
	if err := app.AddBindingInvocationHandler("tick", func(context.Context, *common.BindingEvent) ([]byte, error) {
		b.seen.add("tick", "")
		return nil, nil
	}); err != nil {
		return err
	}
	go app.Start()
	var err error
	b.Client, err = dapr.NewClientWithAddress(os.Getenv(name + "_SIDECAR"))
	return err
}

func (b *bed) serve(app common.Service, bus string) error {
	subscriptions := []common.Subscription{
		{Topic: "orders"},
		{Topic: "raw", Metadata: map[string]string{"rawPayload": "true"}},
		{Topic: "routed", Route: "/special", Match: `event.type == "special"`, Priority: 1},
		{Topic: "routed", Route: "/plain"},
		{Topic: "refused", DeadLetterTopic: b.prefix + "dead"},
		{Topic: "dead", DisableTopicValidation: true},
	}
	// Handlers that subscriptions in resources name: the app takes events of other topics there, by their route.
	for _, name := range []string{"one", "special", "refused", "plain", "dead", "outbox"} {
		subscriptions = append(subscriptions, common.Subscription{
			Topic: "dead", Route: "/declared_" + name, Match: "false", DisableTopicValidation: true,
		})
	}
	for _, sub := range subscriptions {
		if sub.Route == "" {
			sub.Route = "/" + sub.Topic
		}
		place := sub.Route[1:]
		handler := b.note(place)
		if strings.HasSuffix(place, "refused") {
			handler = b.refuse(place)
		}
		sub.PubsubName, sub.Topic = bus, b.prefix+sub.Topic
		if err := app.AddTopicEventHandler(&sub, handler); err != nil {
			return err
		}
	}
	return nil
}

func startEvents() error {
	for _, b := range beds {
		if err := b.start(); err != nil {
			return err
		}
	}
	return nil
}

// The tests of "{app}" run for an app of each protocol.
var eventTests = forEachApp([]eventTest{
	{"waits for the sidecar of an app over {app}", waitForEvents},
	{"publishes to a programmatic subscription over {app}", eachBus(publishes)},
	{"publishes raw bytes to an app over {app}", eachBus(publishesRaw)},
	{"publishes what has expired to no app over {app}", eachBus(publishesExpired)},
	{"publishes in bulk to an app over {app}", eachBus(publishesBulk)},
	{"routes by rules to an app over {app}", eachBus(routes)},
	{"puts refused events of an app over {app} aside", eachBus(deadLetters)},
	{"receives through a declared subscription (v1alpha1) over {app}", eachBus(declaredOne)},
	{"routes by the rules of a declared subscription (v2alpha1) over {app}", eachBus(declaredRules)},
	{"puts events of a declared subscription aside over {app}", eachBus(declaredDeadLetters)},
	{"publishes what a transaction of an outbox writes over {app}", outbox},
	{"receives from an input binding over {app}", inputBinding},
	{"subscribes with a stream", eachBus(streams)},
	{"subscribes with several streams and closes them", eachBus(severalStreams)},
	{"retries and drops on a stream", eachBus(streamAnswers)},
	{"refuses an unknown broker", unknownBus},
	{"refuses a topic that is not allowed", forbiddenTopic},
	{"invokes an output binding", outputBinding},
	{"calls the gRPC service of an app by its dapr-app-id", proxies},
})

type eventTest struct {
	name string
	run  func(ctx context.Context, b *bed) error
}

func forEachApp(list []eventTest) (all []test) {
	for _, t := range list {
		for _, b := range beds {
			name := strings.ReplaceAll(t.name, "{app}", b.protocol)
			if name == t.name && b != beds[0] {
				continue
			}
			all = append(all, test{name, func(ctx context.Context, _ dapr.Client) error { return t.run(ctx, b) }})
		}
	}
	return all
}

func eachBus(run func(ctx context.Context, b *bed, bus string) error) func(context.Context, *bed) error {
	return func(ctx context.Context, b *bed) error {
		for _, bus := range buses {
			if err := run(ctx, b, bus); err != nil {
				return fmt.Errorf("%s: %w", bus, err)
			}
		}
		return nil
	}
}

// waitForEvents publishes until subscriptions answer, since an app subscribes after it has become ready.
func waitForEvents(ctx context.Context, b *bed) error {
	topics := map[string]string{
		"orders": "orders", "routed": "plain", "refused": "refused", "dead": "dead",
		"declared-one": "declared_one", "declared-rules": "declared_plain", "declared-dead": "declared_dead",
	}
	for _, bus := range buses {
		for topic, place := range topics {
			for len(b.seen.sorted(bus+"/first/"+place)) == 0 {
				_ = b.PublishEvent(ctx, bus, b.prefix+topic, "first")
				select {
				case <-ctx.Done():
					return errors.New("nothing arrived from " + bus + " " + topic)
				case <-time.After(50 * time.Millisecond):
				}
			}
		}
	}
	return nil
}

func publishes(ctx context.Context, b *bed, bus string) error {
	if err := b.PublishEvent(ctx, bus, b.prefix+"orders", "text"); err != nil {
		return err
	}
	if err := b.PublishEventfromCustomContent(ctx, bus, b.prefix+"orders", map[string]int{"n": 1}); err != nil {
		return err
	}
	event := `{"specversion":"1.0","id":"own","source":"s","type":"mine","datacontenttype":"text/plain","data":"whole"}`
	if err := b.PublishEvent(ctx, bus, b.prefix+"orders", event, dapr.PublishEventWithContentType("application/cloudevents+json")); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/orders",
		"com.dapr.event.sent text/plain text", `com.dapr.event.sent application/json {"n":1}`, "mine text/plain whole")
}

func publishesRaw(ctx context.Context, b *bed, bus string) error {
	if err := b.PublishEvent(ctx, bus, b.prefix+"raw", []byte{1, 2, 0xff}, dapr.PublishEventWithRawPayload()); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/raw", "com.dapr.event.sent application/octet-stream \x01\x02\xff")
}

func publishesExpired(ctx context.Context, b *bed, bus string) error {
	before := b.seen.sorted(bus + "/orders")
	for ttl, text := range map[string]string{"-1s": "late", "60": "in time"} {
		metadata := dapr.PublishEventWithMetadata(map[string]string{"ttl": ttl})
		if err := b.PublishEvent(ctx, bus, b.prefix+"orders", text, metadata); err != nil {
			return err
		}
	}
	return b.seen.until(ctx, bus+"/orders", append(before, "com.dapr.event.sent text/plain in time")...)
}

func publishesBulk(ctx context.Context, b *bed, bus string) error {
	before := b.seen.sorted(bus + "/orders")
	list := make([]interface{}, 0, 50)
	for n := 0; n < 50; n++ {
		list = append(list, fmt.Sprint("bulk ", n))
		before = append(before, fmt.Sprint("com.dapr.event.sent text/plain bulk ", n))
	}
	if got := b.PublishEvents(ctx, bus, b.prefix+"orders", list); got.Error != nil || len(got.FailedEvents) > 0 {
		return fmt.Errorf("%w, %d failed", got.Error, len(got.FailedEvents))
	}
	return b.seen.until(ctx, bus+"/orders", before...)
}

func routes(ctx context.Context, b *bed, bus string) error {
	special := dapr.PublishEventWithMetadata(map[string]string{"cloudevent.type": "special"})
	if err := b.PublishEvent(ctx, bus, b.prefix+"routed", "a", special); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/special", "special text/plain a")
}

func deadLetters(ctx context.Context, b *bed, bus string) error {
	if err := b.PublishEvent(ctx, bus, b.prefix+"refused", "x"); err != nil {
		return err
	}
	if err := b.seen.until(ctx, bus+"/dead", "com.dapr.event.sent text/plain x"); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/refused", "com.dapr.event.sent text/plain x")
}

func declaredOne(ctx context.Context, b *bed, bus string) error {
	bytes := dapr.PublishEventWithContentType("application/octet-stream")
	if err := b.PublishEvent(ctx, bus, b.prefix+"declared-one", []byte{3, 0xfe}, bytes); err != nil {
		return err
	}
	if err := b.PublishEvent(ctx, bus, b.prefix+"declared-one", "text"); err != nil {
		return err
	}
	if err := b.PublishEventfromCustomContent(ctx, bus, b.prefix+"declared-one", map[string]int{"n": 1}); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/declared_one", "com.dapr.event.sent text/plain text",
		"com.dapr.event.sent application/octet-stream \x03\xfe", `com.dapr.event.sent application/json {"n":1}`)
}

func ofType(name string) dapr.PublishEventOption {
	return dapr.PublishEventWithMetadata(map[string]string{"cloudevent.type": name})
}

func declaredRules(ctx context.Context, b *bed, bus string) error {
	for _, name := range []string{"special", "other"} {
		if err := b.PublishEvent(ctx, bus, b.prefix+"declared-rules", "a", ofType(name)); err != nil {
			return err
		}
	}
	if err := b.seen.until(ctx, bus+"/declared_special", "special text/plain a"); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/declared_plain", "other text/plain a")
}

func declaredDeadLetters(ctx context.Context, b *bed, bus string) error {
	if err := b.PublishEvent(ctx, bus, b.prefix+"declared-rules", "x", ofType("refused")); err != nil {
		return err
	}
	if err := b.seen.until(ctx, bus+"/declared_dead", "refused text/plain x"); err != nil {
		return err
	}
	return b.seen.until(ctx, bus+"/declared_refused", "refused text/plain x")
}

// outbox writes with a transaction: the store publishes what was written, a second later.
func outbox(ctx context.Context, b *bed) error {
	operations := []*dapr.StateOperation{
		{Type: dapr.StateOperationTypeUpsert, Item: &dapr.SetStateItem{Key: "order", Value: []byte("bought")}},
		{Type: dapr.StateOperationTypeDelete, Item: &dapr.SetStateItem{Key: "basket"}},
	}
	if err := b.ExecuteStateTransaction(ctx, "outbox", nil, operations); err != nil {
		return err
	}
	if err := b.seen.until(ctx, "bus/declared_outbox", "com.dapr.event.sent text/plain bought"); err != nil {
		return err
	}
	item, err := b.GetState(ctx, "outbox", "order", nil)
	if err != nil {
		return err
	}
	return equal(string(item.Value), "bought")
}

func unknownBus(ctx context.Context, b *bed) error {
	err := b.PublishEvent(ctx, "nowhere", "t", "x")
	return refused(err, codes.InvalidArgument, "pubsub nowhere is not found")
}

func forbiddenTopic(ctx context.Context, b *bed) error {
	if err := b.PublishEvent(ctx, "limited", "open", "x"); err != nil {
		return err
	}
	err := b.PublishEvent(ctx, "limited", "closed", "x")
	return refused(err, codes.PermissionDenied, "topic closed is not allowed for app id go-")
}

// proxies calls a method of another sidecar's app as if it was served here.
func proxies(ctx context.Context, b *bed) error {
	app, err := beds[1].GetMetadata(ctx)
	if err != nil {
		return err
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "dapr-app-id", app.ID)
	list, err := runtime.NewAppCallbackClient(b.GrpcClientConn()).ListInputBindings(ctx, &emptypb.Empty{})
	if err != nil {
		return err
	}
	return equal(list.GetBindings(), []string{"tick"})
}

func inputBinding(ctx context.Context, b *bed) error {
	for len(b.seen.sorted("tick")) == 0 {
		select {
		case <-ctx.Done():
			return errors.New("no event")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func outputBinding(ctx context.Context, b *bed) error {
	metadata := map[string]string{"fileName": "go.txt"}
	in := &dapr.InvokeBindingRequest{Name: "files", Operation: "create", Data: []byte("written by Go"), Metadata: metadata}
	if err := b.InvokeOutputBinding(ctx, in); err != nil {
		return err
	}
	out, err := b.InvokeBinding(ctx, &dapr.InvokeBindingRequest{Name: "files", Operation: "get", Metadata: metadata})
	if err != nil {
		return err
	}
	if err := equal(string(out.Data), "written by Go"); err != nil {
		return err
	}
	err = b.InvokeOutputBinding(ctx, &dapr.InvokeBindingRequest{Name: "files", Operation: "dance"})
	if err == nil || !strings.Contains(err.Error(), "does not support operation dance") {
		return fmt.Errorf("unexpected: %w", err)
	}
	return nil
}
