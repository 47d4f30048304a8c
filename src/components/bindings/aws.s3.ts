/**
 * bindings.aws.s3: objects of a bucket.
 * @see https://docs.dapr.io/reference/components-reference/supported-bindings/s3/
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import { asInteger, asObject, asString, members } from "../../kit/json/decode.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { awsProperties, readAwsSettings } from "../shared/aws-settings.ts";
import { Properties } from "../shared/properties.ts";
import type { Binding, BindingMetadata, BindingRequest, BindingResponse } from "./contract.ts";
import { fromBase64, unquote } from "./request-data.ts";
import { bulkCreate, bulkDelete, bulkGet } from "./s3-bulk.ts";
import { S3Client, S3Error, type S3Settings } from "./s3-client.ts";
import { readUploadFile } from "./s3-file.ts";
import { listJson } from "./s3-list.ts";

const properties: readonly PropertySchema[] = [
  { name: "bucket", kind: "string", required: true, description: "The bucket." },
  {
    name: "endpoint",
    kind: "string",
    description: "Address of a service like S3, instead of the region's of AWS.",
  },
  ...awsProperties,
  {
    name: "forcePathStyle",
    kind: "bool",
    default: "false",
    description:
      "Whether the bucket is named in the path, and not in the host; always for hosts that are numbers.",
  },
  {
    name: "disableSSL",
    kind: "bool",
    default: "false",
    description: "Whether an endpoint without a scheme is http.",
  },
  {
    name: "insecureSSL",
    kind: "bool",
    default: "false",
    description: "Whether any certificate of the service will do.",
  },
  {
    name: "decodeBase64",
    kind: "bool",
    default: "false",
    description: "Whether data is base64 that is decoded before it is written.",
  },
  {
    name: "encodeBase64",
    kind: "bool",
    default: "false",
    description: "Whether what is read is answered as base64.",
  },
  {
    name: "filePath",
    kind: "string",
    description: "A local file that is written instead of the data; requests may say otherwise.",
  },
  {
    name: "presignTTL",
    kind: "duration",
    description:
      "Life of the address that a written object is answered with; requests may say otherwise.",
  },
  {
    name: "storageClass",
    kind: "string",
    description: "Storage class of written objects; requests may say otherwise.",
  },
  {
    name: "maxObjectSize",
    kind: "bytes",
    default: "100Mi",
    description:
      "Larger objects are not read, nor larger files written; an addition of this runtime.",
  },
];

export const component = {
  type: "bindings.aws.s3",
  versions: ["v1"],
  summary:
    "Writes, reads, lists and deletes objects in S3 and services like it, with access keys, one by one or many at once.",
  provenAgainst: "moto 5.2 (S3) and AWS's published signatures; no S3 of AWS's",
  properties,
  async create({ properties: given, platform }) {
    const { env, clock, random } = platform;
    const values = new Properties(given, properties);
    const settings = readSettings(values, env);
    const defaults = new Map(
      ["decodeBase64", "encodeBase64", "filePath", "presignTTL", "storageClass"].map((name) => [
        name,
        values.text(name),
      ]),
    );
    return new S3Binding(new S3Client(settings, clock), defaults, settings.maxObjectBytes, random);
  },
} satisfies ComponentDefinition<Binding>;

/** @throws {Error} */
function readSettings(values: Properties, env: ReadonlyMap<string, string>): S3Settings {
  const bucket = values.text("bucket");
  if (bucket === "") throw new Error("s3 binding error: bucket is required");
  const text = values.text("endpoint");
  const scheme = values.bool("disableSSL") ? "http" : "https";
  const endpoint =
    text === "" ? null : URL.parse(text.includes("://") ? text : `${scheme}://${text}`);
  if (text !== "" && (endpoint === null || !/^https?:$/.test(endpoint.protocol))) {
    throw new Error("s3 binding error: invalid endpoint");
  }
  return {
    ...readAwsSettings(values, env),
    bucket,
    endpoint: endpoint ?? undefined,
    isPathStyle: values.bool("forcePathStyle"),
    skipsVerification: values.bool("insecureSSL"),
    maxObjectBytes: Math.max(values.byteSize("maxObjectSize"), 1),
  };
}

const failure = (text: string, cause?: unknown): Error =>
  new Error(`s3 binding error: ${text}${cause === undefined ? "" : `: ${errorText(cause)}`}`, {
    cause,
  });

/** S3's own limit. */
const longestPresignMs = 7 * 24 * 3_600_000;

class S3Binding implements Binding {
  readonly operations = [
    "create",
    "get",
    "delete",
    "list",
    "presign",
    "bulkGet",
    "bulkCreate",
    "bulkDelete",
  ];
  readonly #client: S3Client;
  readonly #defaults: BindingMetadata;
  readonly #maxBytes: number;
  readonly #random: Random;

  constructor(client: S3Client, defaults: BindingMetadata, maxBytes: number, random: Random) {
    this.#client = client;
    this.#defaults = defaults;
    this.#maxBytes = maxBytes;
    this.#random = random;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async invoke(
    request: BindingRequest,
    signal?: AbortSignal,
  ): Promise<BindingResponse | undefined> {
    switch (request.operation) {
      case "create":
        return await this.#create(request, signal);
      case "get":
        return { data: await this.#get(request, signal) };
      case "list":
        return { data: await this.#list(request, signal) };
      case "presign":
        return { data: this.#presign(request) };
      case "bulkGet":
      case "bulkCreate":
      case "bulkDelete":
        return { data: await this.#bulk(request, signal) };
      default:
        return await this.#delete(request, signal);
    }
  }

  async #bulk(
    { operation, data, metadata }: BindingRequest,
    signal: AbortSignal | undefined,
  ): Promise<Buffer> {
    const options = { client: this.#client, maxBytes: this.#maxBytes, signal };
    const request = Buffer.from(data);
    const isTrue = (name: string): boolean => isTruthy(this.#setting(metadata, name));
    if (operation === "bulkGet") return await bulkGet(request, isTrue("encodeBase64"), options);
    if (operation === "bulkDelete") return await bulkDelete(request, options);
    return await bulkCreate(request, isTrue("decodeBase64"), options);
  }

  /** Of the request, else of the component. */
  #setting(metadata: BindingMetadata, name: string): string {
    return metadata.get(name) || this.#defaults.get(name) || "";
  }

  async #create(
    request: BindingRequest,
    signal: AbortSignal | undefined,
  ): Promise<BindingResponse> {
    const { metadata } = request;
    const key = metadata.get("key") || this.#random.uuid();
    const lifetimeMs = this.#lifetime(metadata);
    const storageClass = this.#setting(metadata, "storageClass");
    const contentType = (metadata.get("Content-Type") || metadata.get("contentType") || "").trim();
    const tags = metadata.get("tags") ?? "";
    const headers = {
      ...(storageClass === "" ? {} : { "x-amz-storage-class": storageClass }),
      ...(contentType === "" ? {} : { "content-type": contentType }),
      ...(tags === "" ? {} : { "x-amz-tagging": tagging(tags) }),
    };
    const body = await this.#content(request);
    try {
      const answer = await this.#client.send({ method: "PUT", key, headers, body }, signal);
      const version = answer.headers["x-amz-version-id"];
      const told = new Map<string, JsonValue>([
        ["location", this.#client.url(key)],
        ["versionID", typeof version === "string" ? version : null],
      ]);
      if (lifetimeMs > 0) told.set("presignURL", this.#client.presign(key, lifetimeMs));
      return { data: Buffer.from(encodeJson(told)), metadata: new Map([["key", key]]) };
    } catch (cause) {
      throw failure("uploading failed", cause);
    }
  }

  /** @throws {Error} */
  async #content({ data, metadata }: BindingRequest): Promise<Buffer> {
    const path = this.#setting(metadata, "filePath");
    const bytes =
      path === "" ? unquote(Buffer.from(data)) : await readUploadFile(path, this.#maxBytes);
    if (!isTruthy(this.#setting(metadata, "decodeBase64"))) return bytes;
    const decoded = fromBase64(bytes);
    if (decoded === undefined) throw failure("the data is not base64");
    return decoded;
  }

  async #get({ metadata }: BindingRequest, signal: AbortSignal | undefined): Promise<Buffer> {
    const key = keyOf(metadata);
    try {
      const { body } = await this.#client.send({ method: "GET", key }, signal);
      const encodes = isTruthy(this.#setting(metadata, "encodeBase64"));
      return encodes ? Buffer.from(body.toString("base64")) : body;
    } catch (cause) {
      if (cause instanceof S3Error && cause.code === "NoSuchKey") {
        throw new Error("object not found", { cause });
      }
      throw failure("error downloading S3 object", cause);
    }
  }

  async #delete({ metadata }: BindingRequest, signal: AbortSignal | undefined): Promise<undefined> {
    const key = keyOf(metadata);
    try {
      await this.#client.send({ method: "DELETE", key }, signal);
    } catch (cause) {
      throw failure("delete operation failed", cause);
    }
  }

  async #list({ data }: BindingRequest, signal: AbortSignal | undefined): Promise<Buffer> {
    const query = listQuery(Buffer.from(data));
    try {
      const { body } = await this.#client.send({ method: "GET", key: "", query }, signal);
      return Buffer.from(listJson(body.toString("utf8")));
    } catch (cause) {
      throw failure("list operation failed", cause);
    }
  }

  #presign({ metadata }: BindingRequest): Buffer {
    const key = metadata.get("key") ?? "";
    if (key === "") throw failure("required metadata 'key' missing");
    const lifetimeMs = this.#lifetime(metadata);
    if (lifetimeMs === 0) throw failure("required metadata 'presignTTL' missing");
    const presignURL = this.#client.presign(key, lifetimeMs);
    return Buffer.from(encodeJson(new Map([["presignURL", presignURL]])));
  }

  /** ms; 0: none is wanted. @throws {Error} */
  #lifetime(metadata: BindingMetadata): number {
    const text = this.#setting(metadata, "presignTTL");
    if (text === "") return 0;
    let ms: number;
    try {
      ms = parseDuration(text);
    } catch (cause) {
      throw failure(`cannot parse duration ${text}`, cause);
    }
    if (ms <= 0 || ms > longestPresignMs) throw failure(`presignTTL ${text} is out of range`);
    return ms;
  }
}

/** @throws {Error} */
function keyOf(metadata: BindingMetadata): string {
  const key = metadata.get("key") ?? "";
  if (key === "") throw failure("required metadata 'key' missing");
  return key;
}

/** `a=1,b=2` as S3 takes it. @throws {Error} */
function tagging(text: string): string {
  return text
    .split(",")
    .map((pair) => {
      const at = pair.indexOf("=");
      const parts = [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)].map((part) => part.trim());
      if (parts.includes("")) {
        throw failure(
          `parsing tags falied error: invalid tag format: '${pair}' (expected key=value)`,
        );
      }
      return parts.map(encodeURIComponent).join("=");
    })
    .join("&");
}

const defaultMaxResults = 1000;

/** @throws {Error} */
function listQuery(data: Buffer): Record<string, string> {
  try {
    const object = data.length === 0 ? undefined : asObject(parseJson(data), "", "s3.listPayload");
    const [max, prefix, marker, delimiter] =
      object === undefined ? [] : members(object, ["maxResults", "prefix", "marker", "delimiter"]);
    const maxResults = asInteger(max, "listPayload.maxResults");
    return {
      "encoding-type": "url",
      "max-keys": String(maxResults > 0 ? Math.trunc(maxResults) : defaultMaxResults),
      prefix: asString(prefix, "listPayload.prefix"),
      marker: asString(marker, "listPayload.marker"),
      delimiter: asString(delimiter, "listPayload.delimiter"),
    };
  } catch (cause) {
    throw new Error(
      `s3 binding (List Operation) - unable to parse Data property - ${errorText(cause)}`,
      { cause },
    );
  }
}
