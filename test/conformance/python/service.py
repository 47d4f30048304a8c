"""A gRPC app as the Python SDK's documentation has it: `service.py PORT`."""

import json
import sys

from dapr.ext.grpc import App, InvokeMethodRequest, InvokeMethodResponse

app = App()


@app.method(name="greet")
def greet(request: InvokeMethodRequest) -> InvokeMethodResponse:
    headers = {k: v for k, v in request.metadata.items()}
    body = {"got": request.text(), "type": request.content_type, "color": headers.get("color")}
    return InvokeMethodResponse(json.dumps(body), "application/json")


if __name__ == "__main__":
    app.run(int(sys.argv[1]))
