/** A sidecar with keys in a folder, and calls of its cryptography streams. */
import {
  DecryptRequest,
  DecryptResponse,
  EncryptRequest,
  EncryptResponse,
} from "../../../src/kit/proto/dapr/proto/runtime/v1/crypto.ts";
import { selectTransport } from "../../../src/kit/rpc/select.ts";
import type { RpcStatus } from "../../../src/kit/rpc/status.ts";
import type { ClientTransport, OutgoingCall } from "../../../src/kit/rpc/transport.ts";
import { type DaprdOptions, launchDaprd, Scratch, type Sidecar } from "../launch.ts";

export const service = "/dapr.proto.runtime.v1.Dapr/";

/** The symmetric key `sym`, as its file has it. */
export const symmetricKey = Buffer.alloc(32, 7).toString("base64");

export interface Surroundings extends AsyncDisposable {
  readonly sidecar: Sidecar;
  readonly client: ClientTransport;
}

export async function startCrypto(options: Partial<DaprdOptions> = {}): Promise<Surroundings> {
  await using starting = new AsyncDisposableStack();
  const scratch = starting.use(new Scratch());
  scratch.write("keys/sym", symmetricKey);
  const sidecar = starting.use(
    await launchDaprd({
      appId: "crypto",
      resources: [
        `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: cry
spec:
  type: crypto.dapr.localstorage
  version: v1
  metadata:
  - name: path
    value: ${scratch.path}/keys
`,
      ],
      ...options,
    }),
  );
  const client = (await selectTransport("h2")).createClient({
    target: { host: "127.0.0.1", port: sidecar.grpcPort },
    maxMessageBytes: 64 * 1024 * 1024,
  });
  starting.defer(() => client.close());
  const running = starting.move();
  return { sidecar, client, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

type Kind = "Encrypt" | "Decrypt";

/** One stream. What comes back is handed to {@link onData}, or kept. */
export class CryptoStream {
  readonly call: OutgoingCall;
  readonly received: Buffer[] = [];
  readonly sequence: bigint[] = [];
  readonly ended: Promise<RpcStatus>;
  /** false: no more until `call.resume()`. */
  onData: (data: Buffer) => boolean = (data) => {
    this.received.push(Buffer.from(data));
    return true;
  };
  readonly #kind: Kind;
  #sent = 0n;
  #drained: (() => void) | undefined;

  constructor(client: ClientTransport, kind: Kind) {
    this.#kind = kind;
    this.call = client.open(`${service}${kind}Alpha1`);
    const response = kind === "Encrypt" ? EncryptResponse : DecryptResponse;
    this.call.onMessage((message) => {
      const { payload } = response.decode(message);
      this.sequence.push(payload?.seq ?? -1n);
      if (!this.onData(payload?.data ?? Buffer.alloc(0))) this.call.pause();
    });
    this.call.onDrain(() => {
      this.#drained?.();
      this.#drained = undefined;
    });
    this.ended = new Promise((resolve) => {
      this.call.onStatus((status) => {
        resolve(status);
        this.#drained?.();
      });
    });
  }

  options(options: object): void {
    const given = { componentName: "cry", keyName: "sym", ...options };
    this.call.send(
      this.#kind === "Encrypt"
        ? EncryptRequest.encode({ options: { keyWrapAlgorithm: "A256KW", ...given } })
        : DecryptRequest.encode({ options: given }),
    );
  }

  /** @returns false: wait for {@link drained} */
  data(data: Uint8Array, seq = this.#sent): boolean {
    this.#sent = seq + 1n;
    const payload = { data: Buffer.from(data), seq };
    const codec = this.#kind === "Encrypt" ? EncryptRequest : DecryptRequest;
    return this.call.send(codec.encode({ payload }));
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  async finish(): Promise<RpcStatus> {
    this.call.halfClose();
    return await this.ended;
  }
}

/** A whole operation. @throws {Error} unless it ends with OK */
export async function run(client: ClientTransport, kind: Kind, data: Buffer): Promise<Buffer> {
  const stream = new CryptoStream(client, kind);
  stream.options({});
  if (data.length > 0) stream.data(data);
  const status = await stream.finish();
  if (status.code !== 0) throw new Error(`${status.code} ${status.message}`);
  return Buffer.concat(stream.received);
}
