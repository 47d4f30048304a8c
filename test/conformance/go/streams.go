package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	dapr "github.com/dapr/go-sdk/client"
	"github.com/dapr/go-sdk/service/common"
)

func streams(ctx context.Context, b *bed, bus string) error {
	sub, err := b.Subscribe(ctx, dapr.SubscriptionOptions{PubsubName: bus, Topic: b.prefix + "streamed"})
	if err != nil {
		return err
	}
	defer sub.Close()
	for n := 0; n < 20; n++ {
		if err := b.PublishEvent(ctx, bus, b.prefix+"streamed", fmt.Sprint(n)); err != nil {
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

// receiveFrom publishes until the event arrives: one may have gone to a stream that was just closed.
func receiveFrom(ctx context.Context, b *bed, sub *dapr.Subscription, bus, topic, text string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for ctx.Err() == nil {
			_ = b.PublishEvent(ctx, bus, b.prefix+topic, text)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	for {
		message, err := sub.Receive()
		if err != nil {
			return err
		}
		if err := message.Success(); err != nil {
			return err
		}
		if got := string(message.RawData); got == text {
			return nil
		} else if !strings.HasPrefix(got, topic+" ") {
			return fmt.Errorf("%s: got %q", topic, got)
		}
	}
}

// severalStreams has two at once, and one anew where another was closed.
func severalStreams(ctx context.Context, b *bed, bus string) error {
	for round := 0; round < 2; round++ {
		topics := []string{"several-a", "several-b"}
		open := map[string]*dapr.Subscription{}
		for _, topic := range topics {
			sub, err := b.Subscribe(ctx, dapr.SubscriptionOptions{PubsubName: bus, Topic: b.prefix + topic})
			if err != nil {
				return err
			}
			open[topic] = sub
		}
		for _, topic := range topics {
			if err := receiveFrom(ctx, b, open[topic], bus, topic, fmt.Sprint(topic, " ", round)); err != nil {
				return err
			}
		}
		for _, sub := range open {
			if err := sub.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

func streamAnswers(ctx context.Context, b *bed, bus string) error {
	dead := b.prefix + "stream-dead"
	place := bus + "/stream-dead"
	handler := func(e *common.TopicEvent) common.SubscriptionResponseStatus {
		if string(e.RawData) == "drop" {
			return common.SubscriptionResponseStatusDrop
		}
		return common.SubscriptionResponseStatusRetry
	}
	stopDead, err := b.SubscribeWithHandler(ctx, dapr.SubscriptionOptions{PubsubName: bus, Topic: dead}, func(e *common.TopicEvent) common.SubscriptionResponseStatus {
		b.seen.add(place, string(e.RawData))
		return common.SubscriptionResponseStatusSuccess
	})
	if err != nil {
		return err
	}
	defer stopDead()
	options := dapr.SubscriptionOptions{PubsubName: bus, Topic: b.prefix + "answered", DeadLetterTopic: &dead}
	stop, err := b.SubscribeWithHandler(ctx, options, handler)
	if err != nil {
		return err
	}
	defer stop()
	for _, text := range []string{"drop", "retry"} {
		if err := b.PublishEvent(ctx, bus, b.prefix+"answered", text); err != nil {
			return err
		}
	}
	return b.seen.until(ctx, place, "drop", "retry")
}
