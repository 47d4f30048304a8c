// Components behind a Unix socket, written against the published protocol: a state store, a broker, a binding in both
// directions and a secret store. Run it with the path of the socket.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"

	pb "github.com/dapr/dapr/pkg/proto/components/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
)

func instance(ctx context.Context) string {
	md, _ := metadata.FromIncomingContext(ctx)
	return strings.Join(md.Get("x-component-instance"), ",")
}

// ---- state

type entry struct {
	value   []byte
	version int
}

type stateStore struct {
	pb.UnimplementedStateStoreServer
	pb.UnimplementedTransactionalStateStoreServer
	pb.UnimplementedQueriableStateStoreServer
	pb.UnimplementedTransactionalStoreMultiMaxSizeServer
	mu    sync.Mutex
	items map[string]map[string]entry
}

func (s *stateStore) of(ctx context.Context) map[string]entry {
	name := instance(ctx)
	if s.items[name] == nil {
		s.items[name] = map[string]entry{}
	}
	return s.items[name]
}

func etagError(code codes.Code, text string) error {
	st, err := status.New(code, text).WithDetails(&errdetails.BadRequest{
		FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "etag", Description: text}},
	})
	if err != nil {
		return err
	}
	return st.Err()
}

func check(items map[string]entry, key string, etag *pb.Etag) error {
	if etag == nil {
		return nil
	}
	version, err := strconv.Atoi(etag.GetValue())
	if err != nil {
		return etagError(codes.InvalidArgument, "not a number")
	}
	if items[key].version != version {
		return etagError(codes.FailedPrecondition, "another version")
	}
	return nil
}

func (s *stateStore) set(items map[string]entry, req *pb.SetRequest) error {
	if req.GetContentType() == "refuse" {
		st, err := status.New(codes.AlreadyExists, "refused by the store").WithDetails(&errdetails.ErrorInfo{
			Reason: "STORE_REFUSED", Domain: "example.com",
			Metadata: map[string]string{"kit_error": "true", "http_code": "409", "tag": "ERR_OF_STORE"},
		})
		if err != nil {
			return err
		}
		return st.Err()
	}
	if err := check(items, req.GetKey(), req.GetEtag()); err != nil {
		return err
	}
	items[req.GetKey()] = entry{req.GetValue(), items[req.GetKey()].version + 1}
	return nil
}

func (s *stateStore) Init(_ context.Context, req *pb.InitRequest) (*pb.InitResponse, error) {
	if text := req.GetMetadata().GetProperties()["failWith"]; text != "" {
		return nil, status.Error(codes.Internal, text)
	}
	return &pb.InitResponse{}, nil
}

func (s *stateStore) Features(context.Context, *pb.FeaturesRequest) (*pb.FeaturesResponse, error) {
	return &pb.FeaturesResponse{Features: []string{"ETAG", "TRANSACTIONAL", "QUERY_API"}}, nil
}

func (s *stateStore) Ping(context.Context, *pb.PingRequest) (*pb.PingResponse, error) {
	return &pb.PingResponse{}, nil
}

func (s *stateStore) MultiMaxSize(context.Context, *pb.MultiMaxSizeRequest) (*pb.MultiMaxSizeResponse, error) {
	return &pb.MultiMaxSizeResponse{MaxSize: 3}, nil
}

func (s *stateStore) Get(ctx context.Context, req *pb.GetRequest) (*pb.GetResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.of(ctx)[req.GetKey()]
	if !ok {
		return &pb.GetResponse{}, nil
	}
	return &pb.GetResponse{Data: found.value, Etag: &pb.Etag{Value: strconv.Itoa(found.version)}}, nil
}

func (s *stateStore) Set(ctx context.Context, req *pb.SetRequest) (*pb.SetResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &pb.SetResponse{}, s.set(s.of(ctx), req)
}

func (s *stateStore) Delete(ctx context.Context, req *pb.DeleteRequest) (*pb.DeleteResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := s.of(ctx)
	if err := check(items, req.GetKey(), req.GetEtag()); err != nil {
		return nil, err
	}
	delete(items, req.GetKey())
	return &pb.DeleteResponse{}, nil
}

func (s *stateStore) BulkGet(ctx context.Context, req *pb.BulkGetRequest) (*pb.BulkGetResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := &pb.BulkGetResponse{}
	for _, item := range req.GetItems() {
		state := &pb.BulkStateItem{Key: item.GetKey()}
		if found, ok := s.of(ctx)[item.GetKey()]; ok {
			state.Data = found.value
			state.Etag = &pb.Etag{Value: strconv.Itoa(found.version)}
		}
		answer.Items = append(answer.Items, state)
	}
	return answer, nil
}

func (s *stateStore) BulkSet(ctx context.Context, req *pb.BulkSetRequest) (*pb.BulkSetResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range req.GetItems() {
		if err := s.set(s.of(ctx), item); err != nil {
			return nil, err
		}
	}
	return &pb.BulkSetResponse{}, nil
}

func (s *stateStore) BulkDelete(ctx context.Context, req *pb.BulkDeleteRequest) (*pb.BulkDeleteResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range req.GetItems() {
		delete(s.of(ctx), item.GetKey())
	}
	return &pb.BulkDeleteResponse{}, nil
}

func (s *stateStore) Transact(ctx context.Context, req *pb.TransactionalStateRequest) (*pb.TransactionalStateResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := s.of(ctx)
	after := map[string]entry{}
	for key, value := range items {
		after[key] = value
	}
	for _, operation := range req.GetOperations() {
		if set := operation.GetSet(); set != nil {
			if err := s.set(after, set); err != nil {
				return nil, err
			}
		} else {
			delete(after, operation.GetDelete().GetKey())
		}
	}
	s.items[instance(ctx)] = after
	return &pb.TransactionalStateResponse{}, nil
}

// Query answers with all keys; the value of each is the filter as it came.
func (s *stateStore) Query(ctx context.Context, req *pb.QueryRequest) (*pb.QueryResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var filter []byte
	for name, value := range req.GetQuery().GetFilter() {
		filter = []byte(fmt.Sprintf(`{"%s":%s}`, name, value.GetValue()))
	}
	var keys []string
	for key := range s.of(ctx) {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	answer := &pb.QueryResponse{Token: fmt.Sprint(req.GetQuery().GetPagination().GetLimit())}
	for _, key := range keys {
		answer.Items = append(answer.Items, &pb.QueryItem{Key: key, Data: filter})
	}
	return answer, nil
}

// ---- broker

type broker struct {
	pb.UnimplementedPubSubServer
	mu     sync.Mutex
	topics map[string]chan *pb.PullMessagesResponse
	sent   int
}

func (b *broker) topic(name string) chan *pb.PullMessagesResponse {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[name] == nil {
		b.topics[name] = make(chan *pb.PullMessagesResponse, 1000)
	}
	return b.topics[name]
}

func (b *broker) Init(context.Context, *pb.PubSubInitRequest) (*pb.PubSubInitResponse, error) {
	return &pb.PubSubInitResponse{}, nil
}

func (b *broker) Features(context.Context, *pb.FeaturesRequest) (*pb.FeaturesResponse, error) {
	return &pb.FeaturesResponse{Features: []string{"BULK_PUBSUB"}}, nil
}

func (b *broker) Ping(context.Context, *pb.PingRequest) (*pb.PingResponse, error) {
	return &pb.PingResponse{}, nil
}

func (b *broker) add(topic string, data []byte, md map[string]string, contentType string) {
	b.mu.Lock()
	b.sent++
	id := strconv.Itoa(b.sent)
	b.mu.Unlock()
	b.topic(topic) <- &pb.PullMessagesResponse{Data: data, TopicName: topic, Metadata: md, ContentType: contentType, Id: id}
}

func (b *broker) Publish(_ context.Context, req *pb.PublishRequest) (*pb.PublishResponse, error) {
	if req.GetTopic() == "refused" {
		return nil, status.Error(codes.Unavailable, "no such topic here")
	}
	b.add(req.GetTopic(), req.GetData(), req.GetMetadata(), req.GetContentType())
	return &pb.PublishResponse{}, nil
}

func (b *broker) BulkPublish(_ context.Context, req *pb.BulkPublishRequest) (*pb.BulkPublishResponse, error) {
	answer := &pb.BulkPublishResponse{}
	for _, item := range req.GetEntries() {
		if item.GetEntryId() == "bad" {
			answer.FailedEntries = append(answer.FailedEntries, &pb.BulkPublishResponseFailedEntry{EntryId: "bad", Error: "bad entry"})
			continue
		}
		b.add(req.GetTopic(), item.GetEvent(), item.GetMetadata(), item.GetContentType())
	}
	return answer, nil
}

func (b *broker) PullMessages(stream pb.PubSub_PullMessagesServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	messages := b.topic(first.GetTopic().GetName())
	for {
		var message *pb.PullMessagesResponse
		select {
		case <-stream.Context().Done():
			return nil
		case message = <-messages:
		}
		if err := stream.Send(message); err != nil {
			messages <- message
			return err
		}
		ack, err := stream.Recv()
		// What was refused, or not answered, comes again.
		if err != nil || ack.GetAckMessageId() != message.GetId() || ack.GetAckError() != nil {
			messages <- message
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ---- binding: what is created comes back as event

type binding struct {
	pb.UnimplementedInputBindingServer
	events  chan *pb.ReadResponse
	answers chan *pb.ReadRequest
}

func (b *binding) Init(context.Context, *pb.InputBindingInitRequest) (*pb.InputBindingInitResponse, error) {
	return &pb.InputBindingInitResponse{}, nil
}

func (b *binding) Ping(context.Context, *pb.PingRequest) (*pb.PingResponse, error) {
	return &pb.PingResponse{}, nil
}

func (b *binding) Read(stream pb.InputBinding_ReadServer) error {
	go func() {
		for {
			answer, err := stream.Recv()
			if err != nil {
				return
			}
			b.answers <- answer
		}
	}()
	for {
		select {
		case <-stream.Context().Done():
			return nil
		case event := <-b.events:
			if err := stream.Send(event); err != nil {
				return err
			}
		}
	}
}

type outputBinding struct {
	pb.UnimplementedOutputBindingServer
	input *binding
}

func (b *outputBinding) Init(context.Context, *pb.OutputBindingInitRequest) (*pb.OutputBindingInitResponse, error) {
	return &pb.OutputBindingInitResponse{}, nil
}

func (b *outputBinding) Ping(context.Context, *pb.PingRequest) (*pb.PingResponse, error) {
	return &pb.PingResponse{}, nil
}

func (b *outputBinding) ListOperations(context.Context, *pb.ListOperationsRequest) (*pb.ListOperationsResponse, error) {
	return &pb.ListOperationsResponse{Operations: []string{"create", "answer"}}, nil
}

func (b *outputBinding) Invoke(_ context.Context, req *pb.InvokeRequest) (*pb.InvokeResponse, error) {
	if req.GetOperation() == "create" {
		b.input.events <- &pb.ReadResponse{Data: req.GetData(), Metadata: req.GetMetadata(), MessageId: "m1"}
		return &pb.InvokeResponse{Data: []byte(`"created"`), Metadata: map[string]string{"kept": "yes"}}, nil
	}
	answer := <-b.input.answers
	return &pb.InvokeResponse{
		Data: []byte(fmt.Sprintf("%s|%s|%s", answer.GetMessageId(), answer.GetResponseData(), answer.GetResponseError().GetMessage())),
	}, nil
}

// ---- secrets

type secretStore struct {
	pb.UnimplementedSecretStoreServer
	secrets map[string]string
}

func (s *secretStore) Init(_ context.Context, req *pb.SecretStoreInitRequest) (*pb.SecretStoreInitResponse, error) {
	s.secrets = req.GetMetadata().GetProperties()
	return &pb.SecretStoreInitResponse{}, nil
}

func (s *secretStore) Features(context.Context, *pb.FeaturesRequest) (*pb.FeaturesResponse, error) {
	return &pb.FeaturesResponse{}, nil
}

func (s *secretStore) Ping(context.Context, *pb.PingRequest) (*pb.PingResponse, error) {
	return &pb.PingResponse{}, nil
}

func (s *secretStore) Get(_ context.Context, req *pb.GetSecretRequest) (*pb.GetSecretResponse, error) {
	value, ok := s.secrets[req.GetKey()]
	if !ok {
		return nil, status.Error(codes.NotFound, "no secret "+req.GetKey())
	}
	return &pb.GetSecretResponse{Data: map[string]string{req.GetKey(): value}}, nil
}

func (s *secretStore) BulkGet(context.Context, *pb.BulkGetSecretRequest) (*pb.BulkGetSecretResponse, error) {
	data := map[string]*pb.SecretResponse{}
	for name, value := range s.secrets {
		data[name] = &pb.SecretResponse{Secrets: map[string]string{name: value}}
	}
	return &pb.BulkGetSecretResponse{Data: data}, nil
}

func main() {
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	state := &stateStore{items: map[string]map[string]entry{}}
	pb.RegisterStateStoreServer(server, state)
	pb.RegisterTransactionalStateStoreServer(server, state)
	pb.RegisterQueriableStateStoreServer(server, state)
	pb.RegisterTransactionalStoreMultiMaxSizeServer(server, state)
	pb.RegisterPubSubServer(server, &broker{topics: map[string]chan *pb.PullMessagesResponse{}})
	input := &binding{events: make(chan *pb.ReadResponse, 10), answers: make(chan *pb.ReadRequest, 10)}
	pb.RegisterInputBindingServer(server, input)
	pb.RegisterOutputBindingServer(server, &outputBinding{input: input})
	pb.RegisterSecretStoreServer(server, &secretStore{})
	reflection.Register(server)
	fmt.Println("listening")
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
