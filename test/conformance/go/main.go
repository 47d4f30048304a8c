// What a client does with the Go SDK; prints one JSON line per test. Settings come from the environment.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	dapr "github.com/dapr/go-sdk/client"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type test struct {
	name string
	run  func(ctx context.Context, c dapr.Client) error
}

var stores = strings.Split(os.Getenv("STORES"), ",")

func main() {
	dapr.SetLogger(nil)
	client, err := dapr.NewClient()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer client.Close()
	if err := startEvents(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, t := range tests {
		if needsRedis := strings.Contains(t.name, "lock") || strings.Contains(t.name, "configuration"); needsRedis && os.Getenv("FIXED_KEY") == "" {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		var text *string
		if err := t.run(ctx, client); err != nil {
			message := err.Error()
			text = &message
		}
		cancel()
		line, _ := json.Marshal(map[string]any{"name": t.name, "error": text})
		fmt.Println(string(line))
	}
}

var tests = append([]test{
	{"waits for the sidecar", func(ctx context.Context, c dapr.Client) error { return c.Wait(ctx, 5*time.Second) }},
	{"saves, reads and deletes state", eachStore(saveReadDelete)},
	{"keeps any bytes", eachStore(keepBytes)},
	{"reads several keys at once", eachStore(bulk)},
	{"deletes several keys at once", eachStore(bulkDelete)},
	{"refuses an outdated etag", eachStore(outdatedEtag)},
	{"runs a transaction", eachStore(transaction)},
	{"forgets after a time to live", eachStore(timeToLive)},
	{"explains an unknown store", unknownStore},
	{"invokes an app", invoke},
	{"invokes with content and a query", invokeContent},
	{"reports an app that is not there", invokeNobody},
	{"reads metadata and sets an attribute", setMetadata},
	{"reads a secret", readSecret},
	{"reads all secrets", readSecrets},
	{"reports a missing secret", missingSecret},
	{"takes and releases a lock", lock},
	{"reads configuration", readConfiguration},
	{"follows configuration", followConfiguration},
	{"encrypts and decrypts a stream", encryption},
	{"reports a tampered document", tampered},
	{"converses (alpha1)", converse},
	{"converses with tools (alpha2)", converseTools},
	{"refuses a conversation with nobody", converseNobody},
}, eventTests...)

func eachStore(run func(ctx context.Context, c dapr.Client, store string) error) func(context.Context, dapr.Client) error {
	return func(ctx context.Context, c dapr.Client) error {
		for _, store := range stores {
			if err := run(ctx, c, store); err != nil {
				return fmt.Errorf("%s: %w", store, err)
			}
		}
		return nil
	}
}

func equal(got, want any) error {
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		return fmt.Errorf("expected %#v, got %#v", want, got)
	}
	return nil
}

func refused(err error, code codes.Code, part string) error {
	if err == nil {
		return errors.New("the call succeeded")
	}
	if status.Code(err) != code && !strings.Contains(err.Error(), code.String()) {
		return fmt.Errorf("expected code %s: %w", code, err)
	}
	if !strings.Contains(err.Error(), part) {
		return fmt.Errorf("expected %q in: %w", part, err)
	}
	return nil
}

func saveReadDelete(ctx context.Context, c dapr.Client, store string) error {
	if err := c.SaveState(ctx, store, "go-one", []byte(`{"n":1}`), nil); err != nil {
		return err
	}
	item, err := c.GetState(ctx, store, "go-one", nil)
	if err != nil {
		return err
	}
	if err := equal(string(item.Value), `{"n":1}`); err != nil {
		return err
	}
	if item.Etag == "" {
		return errors.New("no etag")
	}
	if err := c.DeleteState(ctx, store, "go-one", nil); err != nil {
		return err
	}
	item, err = c.GetState(ctx, store, "go-one", nil)
	if err != nil {
		return err
	}
	return equal(len(item.Value), 0)
}

func keepBytes(ctx context.Context, c dapr.Client, store string) error {
	bytes := []byte{0, 1, 0xff, 0xfe, '"', '\n'}
	if err := c.SaveState(ctx, store, "go-bytes", bytes, nil); err != nil {
		return err
	}
	item, err := c.GetState(ctx, store, "go-bytes", nil)
	if err != nil {
		return err
	}
	return equal(item.Value, bytes)
}

func bulk(ctx context.Context, c dapr.Client, store string) error {
	items := make([]*dapr.SetStateItem, 5)
	for n := range items {
		items[n] = &dapr.SetStateItem{Key: fmt.Sprintf("go-b%d", n), Value: []byte(fmt.Sprintf("%d", n))}
	}
	if err := c.SaveBulkState(ctx, store, items...); err != nil {
		return err
	}
	found, err := c.GetBulkState(ctx, store, []string{"go-b0", "go-b4", "go-none"}, nil, 2)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, item := range found {
		values[item.Key] = string(item.Value)
	}
	return equal(values, map[string]string{"go-b0": "0", "go-b4": "4", "go-none": ""})
}

func bulkDelete(ctx context.Context, c dapr.Client, store string) error {
	if err := c.DeleteBulkState(ctx, store, []string{"go-b0", "go-b1", "go-b2", "go-b3", "go-b4"}, nil); err != nil {
		return err
	}
	item, err := c.GetState(ctx, store, "go-b4", nil)
	if err != nil {
		return err
	}
	return equal(len(item.Value), 0)
}

func outdatedEtag(ctx context.Context, c dapr.Client, store string) error {
	if err := c.SaveState(ctx, store, "go-etag", []byte("1"), nil); err != nil {
		return err
	}
	item, err := c.GetState(ctx, store, "go-etag", nil)
	if err != nil {
		return err
	}
	if err := c.SaveStateWithETag(ctx, store, "go-etag", []byte("2"), item.Etag, nil, dapr.WithConcurrency(dapr.StateConcurrencyFirstWrite)); err != nil {
		return err
	}
	err = c.SaveStateWithETag(ctx, store, "go-etag", []byte("3"), item.Etag, nil, dapr.WithConcurrency(dapr.StateConcurrencyFirstWrite))
	return refused(err, codes.Aborted, "etag mismatch")
}

func transaction(ctx context.Context, c dapr.Client, store string) error {
	if err := c.SaveState(ctx, store, "go-gone", []byte("1"), nil); err != nil {
		return err
	}
	err := c.ExecuteStateTransaction(ctx, store, nil, []*dapr.StateOperation{
		{Type: dapr.StateOperationTypeUpsert, Item: &dapr.SetStateItem{Key: "go-kept", Value: []byte("2")}},
		{Type: dapr.StateOperationTypeDelete, Item: &dapr.SetStateItem{Key: "go-gone"}},
	})
	if err != nil {
		return err
	}
	kept, err := c.GetState(ctx, store, "go-kept", nil)
	if err != nil {
		return err
	}
	gone, err := c.GetState(ctx, store, "go-gone", nil)
	if err != nil {
		return err
	}
	return equal(string(kept.Value)+"|"+string(gone.Value), "2|")
}

func timeToLive(ctx context.Context, c dapr.Client, store string) error {
	if err := c.SaveState(ctx, store, "go-ttl", []byte("1"), map[string]string{"ttlInSeconds": "1"}); err != nil {
		return err
	}
	for {
		item, err := c.GetState(ctx, store, "go-ttl", nil)
		if err != nil {
			return err
		}
		if len(item.Value) == 0 {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func unknownStore(ctx context.Context, c dapr.Client) error {
	_, err := c.GetState(ctx, "nowhere", "k", nil)
	if err := refused(err, codes.InvalidArgument, "state store nowhere is not found"); err != nil {
		return err
	}
	for _, detail := range status.Convert(errors.Unwrap(err)).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return equal(info.Reason, "DAPR_STATE_NOT_FOUND")
		}
	}
	return errors.New("no ErrorInfo")
}

func invoke(ctx context.Context, c dapr.Client) error {
	out, err := c.InvokeMethod(ctx, os.Getenv("HTTP_SERVICE_ID"), "echo", "get")
	if err != nil {
		return err
	}
	return equal(string(out), `{"method":"GET","url":"/echo","body":""}`)
}

func invokeContent(ctx context.Context, c dapr.Client) error {
	content := &dapr.DataContent{ContentType: "text/plain", Data: []byte("Grüße")}
	out, err := c.InvokeMethodWithContent(ctx, os.Getenv("HTTP_SERVICE_ID"), "a/b?x=1", "post", content)
	if err != nil {
		return err
	}
	return equal(string(out), `{"method":"POST","url":"/a/b?x=1","body":"Grüße"}`)
}

func invokeNobody(ctx context.Context, c dapr.Client) error {
	_, err := c.InvokeMethod(ctx, "nobody", "echo", "get")
	return refused(err, codes.Internal, "failed to invoke, id: nobody")
}

func setMetadata(ctx context.Context, c dapr.Client) error {
	if err := c.SetMetadata(ctx, "go-key", "go-value"); err != nil {
		return err
	}
	got, err := c.GetMetadata(ctx)
	if err != nil {
		return err
	}
	return equal([]string{got.ID, got.ExtendedMetadata["go-key"]}, []string{os.Getenv("CALLER_ID"), "go-value"})
}

func readSecret(ctx context.Context, c dapr.Client) error {
	got, err := c.GetSecret(ctx, "secrets", os.Getenv("SECRET_NAME"), nil)
	if err != nil {
		return err
	}
	return equal(got, map[string]string{os.Getenv("SECRET_NAME"): os.Getenv("SECRET_VALUE")})
}

func readSecrets(ctx context.Context, c dapr.Client) error {
	got, err := c.GetBulkSecret(ctx, "secrets", nil)
	if err != nil {
		return err
	}
	name := os.Getenv("SECRET_NAME")
	return equal(got[name][name], os.Getenv("SECRET_VALUE"))
}

func missingSecret(ctx context.Context, c dapr.Client) error {
	_, err := c.GetSecret(ctx, "secrets", "nothing", nil)
	return refused(err, codes.Internal, "secret nothing not found")
}

func lock(ctx context.Context, c dapr.Client) error {
	take := func(owner string) (bool, error) {
		got, err := c.TryLockAlpha1(ctx, "locks", &dapr.LockRequest{ResourceID: "go-res", LockOwner: owner, ExpiryInSeconds: 30})
		if err != nil {
			return false, err
		}
		return got.Success, nil
	}
	release := func(owner string) (string, error) {
		got, err := c.UnlockAlpha1(ctx, "locks", &dapr.UnlockRequest{ResourceID: "go-res", LockOwner: owner})
		if err != nil {
			return "", err
		}
		return got.Status, nil
	}
	steps := []func() (string, error){
		func() (string, error) { ok, err := take("a"); return fmt.Sprint(ok), err },
		func() (string, error) { ok, err := take("b"); return fmt.Sprint(ok), err },
		func() (string, error) { return release("b") },
		func() (string, error) { return release("a") },
		func() (string, error) { return release("a") },
	}
	var got []string
	for _, step := range steps {
		one, err := step()
		if err != nil {
			return err
		}
		got = append(got, one)
	}
	return equal(got, []string{"true", "false", "LOCK_BELONGS_TO_OTHERS", "SUCCESS", "LOCK_DOES_NOT_EXIST"})
}

func readConfiguration(ctx context.Context, c dapr.Client) error {
	item, err := c.GetConfigurationItem(ctx, "configuration", os.Getenv("FIXED_KEY"))
	if err != nil {
		return err
	}
	if item == nil {
		return errors.New("no item")
	}
	return equal(item.Value+"/"+item.Version, "blue/3")
}

func followConfiguration(ctx context.Context, c dapr.Client) error {
	key := os.Getenv("CHANGING_KEY")
	values := make(chan string, 100)
	id, err := c.SubscribeConfigurationItems(ctx, "configuration", []string{key}, func(_ string, items map[string]*dapr.ConfigurationItem) {
		select {
		case values <- items[key].Value:
		default:
		}
	})
	if err != nil {
		return err
	}
	var last string
	for seen := 0; seen < 3; {
		select {
		case value := <-values:
			if value != last {
				seen++
				last = value
			}
		case <-ctx.Done():
			return errors.New("no changes arrived")
		}
	}
	return c.UnsubscribeConfigurationItems(ctx, "configuration", id)
}

func encrypt(ctx context.Context, c dapr.Client, plain []byte) ([]byte, error) {
	out, err := c.Encrypt(ctx, bytes.NewReader(plain), dapr.EncryptOptions{
		ComponentName: "keys", KeyName: "wrap-key", KeyWrapAlgorithm: "AES",
	})
	if err != nil {
		return nil, err
	}
	return io.ReadAll(out)
}

func decrypt(ctx context.Context, c dapr.Client, document []byte) ([]byte, error) {
	out, err := c.Decrypt(ctx, bytes.NewReader(document), dapr.DecryptOptions{ComponentName: "keys"})
	if err != nil {
		return nil, err
	}
	return io.ReadAll(out)
}

func encryption(ctx context.Context, c dapr.Client) error {
	for _, size := range []int{1, 65536, 65537, 1_000_000} {
		plain := bytes.Repeat([]byte("x"), size)
		document, err := encrypt(ctx, c, plain)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(document, []byte("dapr.io/enc/v1\n")) {
			return errors.New("not a document")
		}
		back, err := decrypt(ctx, c, document)
		if err != nil {
			return err
		}
		if !bytes.Equal(back, plain) {
			return fmt.Errorf("%d bytes came back as %d others", size, len(back))
		}
	}
	return nil
}

func tampered(ctx context.Context, c dapr.Client) error {
	document, err := encrypt(ctx, c, []byte("secret"))
	if err != nil {
		return err
	}
	document[len(document)-1] ^= 1
	_, err = decrypt(ctx, c, document)
	return refused(err, codes.Internal, "failed to decrypt segment")
}

func converse(ctx context.Context, c dapr.Client) error {
	request := dapr.NewConversationRequest("echo", []dapr.ConversationInput{{Content: "hello"}})
	got, err := c.ConverseAlpha1(ctx, request, dapr.WithContextID("ctx"))
	if err != nil {
		return err
	}
	return equal(got.ContextID+"/"+got.Outputs[0].Result, "ctx/hello")
}

func converseTools(ctx context.Context, c dapr.Client) error {
	text := []*dapr.ConversationMessageContentAlpha2{{Text: ptr("what is the weather?")}}
	got, err := c.ConverseAlpha2(ctx, dapr.ConversationRequestAlpha2{
		Name: "echo",
		Inputs: []*dapr.ConversationInputAlpha2{{Messages: []*dapr.ConversationMessageAlpha2{
			{ConversationMessageOfUser: &dapr.ConversationMessageOfUserAlpha2{Content: text}},
		}}},
		Tools: []*dapr.ConversationToolsAlpha2{{Name: "weather"}},
	})
	if err != nil {
		return err
	}
	choice := got.Outputs[0].Choices[0]
	if err := equal(choice.Message.Content, "what is the weather?"); err != nil {
		return err
	}
	if len(choice.Message.ToolCalls) != 1 {
		return fmt.Errorf("%d tool calls", len(choice.Message.ToolCalls))
	}
	return equal(choice.FinishReason+"/"+choice.Message.ToolCalls[0].ToolTypes.Name, "tool_calls/weather")
}

func ptr(text string) *string { return &text }

func converseNobody(ctx context.Context, c dapr.Client) error {
	_, err := c.ConverseAlpha1(ctx, dapr.NewConversationRequest("nobody", []dapr.ConversationInput{{Content: "x"}}))
	return refused(err, codes.InvalidArgument, "failed finding conversation component nobody")
}
