package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	dapr "github.com/dapr/go-sdk/client"
	"github.com/dapr/go-sdk/service/common"
	service "github.com/dapr/go-sdk/service/grpc"
)

var (
	buses  = strings.Split(os.Getenv("BUSES"), ",")
	prefix = os.Getenv("PREFIX")
	// The sidecar with brokers, whose app is this program.
	events dapr.Client
	seen   = inbox{texts: map[string][]string{}}
)

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

func note(place string) common.TopicEventHandler {
	return func(_ context.Context, e *common.TopicEvent) (bool, error) {
		seen.add(e.PubsubName+"/"+place, e.Type+" "+e.DataContentType+" "+string(e.RawData))
		return false, nil
	}
}

// startEvents serves the app as the SDK's documentation has it, and connects to its sidecar.
func startEvents() error {
	app, err := service.NewService("127.0.0.1:" + os.Getenv("EVENTS_APP_PORT"))
	if err != nil {
		return err
	}
	for _, bus := range buses {
		refuse := func(_ context.Context, e *common.TopicEvent) (bool, error) {
			seen.add(e.PubsubName+"/refused", string(e.RawData))
			return false, errors.New("not this one")
		}
		for _, one := range []struct {
			sub     common.Subscription
			handler common.TopicEventHandler
		}{
			{common.Subscription{Topic: "orders"}, note("orders")},
			{common.Subscription{Topic: "raw", Metadata: map[string]string{"rawPayload": "true"}}, note("raw")},
			{common.Subscription{Topic: "routed", Route: "/special", Match: `event.type == "special"`, Priority: 1}, note("special")},
			{common.Subscription{Topic: "routed", Route: "/plain"}, note("plain")},
			{common.Subscription{Topic: "refused", DeadLetterTopic: prefix + "dead"}, refuse},
			{common.Subscription{Topic: "dead", DisableTopicValidation: true}, note("dead")},
		} {
			sub := one.sub
			sub.PubsubName, sub.Topic = bus, prefix+sub.Topic
			if err := app.AddTopicEventHandler(&sub, one.handler); err != nil {
				return err
			}
		}
	}
	if err := app.AddBindingInvocationHandler("tick", func(context.Context, *common.BindingEvent) ([]byte, error) {
		seen.add("tick", "")
		return nil, nil
	}); err != nil {
		return err
	}
	go app.Start()
	events, err = dapr.NewClientWithAddress("127.0.0.1:" + os.Getenv("EVENTS_GRPC_PORT"))
	return err
}

var eventTests = []test{
	{"waits for the sidecar of the app", waitForEvents},
	{"publishes to a programmatic subscription", eachBus(publishes)},
	{"publishes raw bytes", eachBus(publishesRaw)},
	{"publishes what has expired to nobody", eachBus(publishesExpired)},
	{"publishes in bulk", eachBus(publishesBulk)},
	{"routes by rules", eachBus(routes)},
	{"puts refused events aside", eachBus(deadLetters)},
	{"subscribes with a stream", eachBus(streams)},
	{"retries and drops on a stream", eachBus(streamAnswers)},
	{"refuses an unknown broker", unknownBus},
	{"receives from an input binding", inputBinding},
	{"invokes an output binding", outputBinding},
}

func eachBus(run func(ctx context.Context, bus string) error) func(context.Context, dapr.Client) error {
	return func(ctx context.Context, _ dapr.Client) error {
		for _, bus := range buses {
			if err := run(ctx, bus); err != nil {
				return fmt.Errorf("%s: %w", bus, err)
			}
		}
		return nil
	}
}

// waitForEvents publishes until a subscription answers, since an app subscribes after it has become ready.
func waitForEvents(ctx context.Context, _ dapr.Client) error {
	for _, bus := range buses {
		for len(seen.sorted(bus+"/plain")) == 0 {
			_ = events.PublishEvent(ctx, bus, prefix+"routed", "first")
			select {
			case <-ctx.Done():
				return errors.New("nothing arrived from " + bus)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

func publishes(ctx context.Context, bus string) error {
	if err := events.PublishEvent(ctx, bus, prefix+"orders", "text"); err != nil {
		return err
	}
	if err := events.PublishEventfromCustomContent(ctx, bus, prefix+"orders", map[string]int{"n": 1}); err != nil {
		return err
	}
	event := `{"specversion":"1.0","id":"own","source":"s","type":"mine","datacontenttype":"text/plain","data":"whole"}`
	if err := events.PublishEvent(ctx, bus, prefix+"orders", event, dapr.PublishEventWithContentType("application/cloudevents+json")); err != nil {
		return err
	}
	return seen.until(ctx, bus+"/orders",
		"com.dapr.event.sent text/plain text", `com.dapr.event.sent application/json {"n":1}`, "mine text/plain whole")
}

func publishesRaw(ctx context.Context, bus string) error {
	if err := events.PublishEvent(ctx, bus, prefix+"raw", []byte{1, 2, 0xff}, dapr.PublishEventWithRawPayload()); err != nil {
		return err
	}
	return seen.until(ctx, bus+"/raw", "com.dapr.event.sent application/octet-stream \x01\x02\xff")
}

func publishesExpired(ctx context.Context, bus string) error {
	before := seen.sorted(bus + "/orders")
	for ttl, text := range map[string]string{"-1s": "late", "60": "in time"} {
		metadata := dapr.PublishEventWithMetadata(map[string]string{"ttl": ttl})
		if err := events.PublishEvent(ctx, bus, prefix+"orders", text, metadata); err != nil {
			return err
		}
	}
	return seen.until(ctx, bus+"/orders", append(before, "com.dapr.event.sent text/plain in time")...)
}

func publishesBulk(ctx context.Context, bus string) error {
	before := seen.sorted(bus + "/orders")
	list := make([]interface{}, 0, 50)
	for n := 0; n < 50; n++ {
		list = append(list, fmt.Sprint("bulk ", n))
		before = append(before, fmt.Sprint("com.dapr.event.sent text/plain bulk ", n))
	}
	if got := events.PublishEvents(ctx, bus, prefix+"orders", list); got.Error != nil || len(got.FailedEvents) > 0 {
		return fmt.Errorf("%w, %d failed", got.Error, len(got.FailedEvents))
	}
	return seen.until(ctx, bus+"/orders", before...)
}

func routes(ctx context.Context, bus string) error {
	special := dapr.PublishEventWithMetadata(map[string]string{"cloudevent.type": "special"})
	if err := events.PublishEvent(ctx, bus, prefix+"routed", "a", special); err != nil {
		return err
	}
	return seen.until(ctx, bus+"/special", "special text/plain a")
}

func deadLetters(ctx context.Context, bus string) error {
	if err := events.PublishEvent(ctx, bus, prefix+"refused", "x"); err != nil {
		return err
	}
	if err := seen.until(ctx, bus+"/dead", "com.dapr.event.sent text/plain x"); err != nil {
		return err
	}
	return seen.until(ctx, bus+"/refused", "x")
}

func streams(ctx context.Context, bus string) error {
	sub, err := events.Subscribe(ctx, dapr.SubscriptionOptions{PubsubName: bus, Topic: prefix + "streamed"})
	if err != nil {
		return err
	}
	defer sub.Close()
	for n := 0; n < 20; n++ {
		if err := events.PublishEvent(ctx, bus, prefix+"streamed", fmt.Sprint(n)); err != nil {
			return err
		}
	}
	got := map[string]bool{}
	for len(got) < 20 {
		message, err := sub.Receive()
		if err != nil {
			return err
		}
		got[string(message.RawData)] = true
		if err := message.Success(); err != nil {
			return err
		}
	}
	return nil
}

func streamAnswers(ctx context.Context, bus string) error {
	dead := prefix + "stream-dead"
	place := bus + "/stream-dead"
	handler := func(e *common.TopicEvent) common.SubscriptionResponseStatus {
		if string(e.RawData) == "drop" {
			return common.SubscriptionResponseStatusDrop
		}
		return common.SubscriptionResponseStatusRetry
	}
	stopDead, err := events.SubscribeWithHandler(ctx, dapr.SubscriptionOptions{PubsubName: bus, Topic: dead}, func(e *common.TopicEvent) common.SubscriptionResponseStatus {
		seen.add(place, string(e.RawData))
		return common.SubscriptionResponseStatusSuccess
	})
	if err != nil {
		return err
	}
	defer stopDead()
	options := dapr.SubscriptionOptions{PubsubName: bus, Topic: prefix + "answered", DeadLetterTopic: &dead}
	stop, err := events.SubscribeWithHandler(ctx, options, handler)
	if err != nil {
		return err
	}
	defer stop()
	for _, text := range []string{"drop", "retry"} {
		if err := events.PublishEvent(ctx, bus, prefix+"answered", text); err != nil {
			return err
		}
	}
	return seen.until(ctx, place, "drop", "retry")
}

func unknownBus(ctx context.Context, _ dapr.Client) error {
	err := events.PublishEvent(ctx, "nowhere", "t", "x")
	if err == nil || !strings.Contains(err.Error(), "pubsub nowhere is not found") {
		return fmt.Errorf("unexpected: %w", err)
	}
	return nil
}

func inputBinding(ctx context.Context, _ dapr.Client) error {
	for len(seen.sorted("tick")) == 0 {
		select {
		case <-ctx.Done():
			return errors.New("no event")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func outputBinding(ctx context.Context, _ dapr.Client) error {
	metadata := map[string]string{"fileName": "go.txt"}
	in := &dapr.InvokeBindingRequest{Name: "files", Operation: "create", Data: []byte("written by Go"), Metadata: metadata}
	if err := events.InvokeOutputBinding(ctx, in); err != nil {
		return err
	}
	out, err := events.InvokeBinding(ctx, &dapr.InvokeBindingRequest{Name: "files", Operation: "get", Metadata: metadata})
	if err != nil {
		return err
	}
	if err := equal(string(out.Data), "written by Go"); err != nil {
		return err
	}
	err = events.InvokeOutputBinding(ctx, &dapr.InvokeBindingRequest{Name: "files", Operation: "dance"})
	if err == nil || !strings.Contains(err.Error(), "does not support operation dance") {
		return fmt.Errorf("unexpected: %w", err)
	}
	return nil
}
