"""Conversation with the Python SDK; prints one JSON object with what came back."""

import json

from dapr.clients import DaprClient
from dapr.clients.grpc import conversation as talk
from google.protobuf.duration_pb2 import Duration
from grpc import RpcError

weather = talk.ConversationTools(
    function=talk.ConversationToolsFunction(
        name="weather",
        description="tells it",
        parameters={"type": "object", "properties": {"unit": {}, "city": {"type": "string"}}},
    )
)


def alpha1(d):
    inputs = [talk.ConversationInput(content="mail a@b.co", role="user", scrub_pii=True)]
    answer = d.converse_alpha1(name="echo", inputs=inputs, context_id="c", temperature=0.7)
    return [answer.context_id, [output.result for output in answer.outputs]]


def alpha2(d):
    inputs = [
        talk.ConversationInputAlpha2(
            messages=[
                talk.create_system_message("be kind"),
                talk.create_user_message("weather in X?"),
            ]
        )
    ]
    answer = d.converse_alpha2(
        name="echo",
        inputs=inputs,
        tools=[weather],
        tool_choice="weather",
        prompt_cache_retention=Duration(seconds=60),
    )
    output = answer.outputs[0]
    choice = output.choices[0]
    calls = [[c.id, c.function.name, c.function.arguments] for c in choice.message.tool_calls]
    return [choice.finish_reason, choice.message.content, calls, output.usage.total_tokens]


def refused(d):
    try:
        d.converse_alpha2(name="nobody", inputs=[])
    except RpcError as error:
        return [error.code().name, error.details()]
    return "no error"


with DaprClient() as client:
    print(json.dumps({f.__name__: f(client) for f in (alpha1, alpha2, refused)}))
