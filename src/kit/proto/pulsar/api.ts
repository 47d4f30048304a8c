// Generated from proto/pulsar/api.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../wire.ts";

export interface Schema {
  name: string;
  schemaData: Buffer | undefined;
  /** 2 JSON, 3 Protobuf, 4 Avro. */
  type: number | undefined;
  properties: KeyValue[];
}
export interface SchemaInit {
  name?: string | undefined;
  schemaData?: Uint8Array | undefined;
  type?: number | undefined;
  properties?: readonly KeyValueInit[] | undefined;
}

function readSchema(
  r: Reader,
  end: number,
  m: Schema = {
    name: "",
    schemaData: undefined,
    type: undefined,
    properties: [],
  },
): Schema {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 26:
        m.schemaData = r.bytes();
        break;
      case 32:
        m.type = r.int32();
        break;
      case 42: {
        const e = r.enter();
        m.properties.push(readKeyValue(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSchema(w: Writer, m: SchemaInit): void {
  const v0 = m.properties;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeKeyValue(w, v0[i]!);
      w.delimit(s, 42);
    }
  }
  const v1 = m.type;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(32);
  }
  const v2 = m.schemaData;
  if (v2 !== undefined) {
    w.bytes(v2);
    w.uint32(26);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const Schema = /* @__PURE__ */ new MessageCodec<Schema, SchemaInit>(
  "pulsar.proto.Schema",
  readSchema,
  writeSchema,
);

export interface MessageIdData {
  ledgerId: bigint | undefined;
  entryId: bigint | undefined;
  partition: number | undefined;
  batchIndex: number | undefined;
  /** Bits of the messages of a batch that are not confirmed. */
  ackSet: bigint[];
  batchSize: number | undefined;
}
export interface MessageIdDataInit {
  ledgerId?: bigint | undefined;
  entryId?: bigint | undefined;
  partition?: number | undefined;
  batchIndex?: number | undefined;
  ackSet?: readonly bigint[] | undefined;
  batchSize?: number | undefined;
}

function readMessageIdData(
  r: Reader,
  end: number,
  m: MessageIdData = {
    ledgerId: undefined,
    entryId: undefined,
    partition: undefined,
    batchIndex: undefined,
    ackSet: [],
    batchSize: undefined,
  },
): MessageIdData {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.ledgerId = r.uint64();
        break;
      case 16:
        m.entryId = r.uint64();
        break;
      case 24:
        m.partition = r.int32();
        break;
      case 32:
        m.batchIndex = r.int32();
        break;
      case 40:
        m.ackSet.push(r.int64());
        break;
      case 42: {
        const e = r.enter();
        while (r.pos < e) m.ackSet.push(r.int64());
        r.leave(e);
        break;
      }
      case 48:
        m.batchSize = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMessageIdData(w: Writer, m: MessageIdDataInit): void {
  const v0 = m.batchSize;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(48);
  }
  const v1 = m.ackSet;
  if (v1 !== undefined && v1.length > 0) {
    const s = w.written;
    for (let i = v1.length - 1; i >= 0; i--) {
      w.uint64(v1[i]!);
    }
    w.delimit(s, 42);
  }
  const v2 = m.batchIndex;
  if (v2 !== undefined) {
    w.int32(v2);
    w.uint32(32);
  }
  const v3 = m.partition;
  if (v3 !== undefined) {
    w.int32(v3);
    w.uint32(24);
  }
  const v4 = m.entryId;
  if (v4 !== undefined) {
    w.uint64(v4);
    w.uint32(16);
  }
  const v5 = m.ledgerId;
  if (v5 !== undefined) {
    w.uint64(v5);
    w.uint32(8);
  }
}

export const MessageIdData = /* @__PURE__ */ new MessageCodec<MessageIdData, MessageIdDataInit>(
  "pulsar.proto.MessageIdData",
  readMessageIdData,
  writeMessageIdData,
);

export interface KeyValue {
  key: string | undefined;
  value: string | undefined;
}
export interface KeyValueInit {
  key?: string | undefined;
  value?: string | undefined;
}

function readKeyValue(
  r: Reader,
  end: number,
  m: KeyValue = {
    key: undefined,
    value: undefined,
  },
): KeyValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.value = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeKeyValue(w: Writer, m: KeyValueInit): void {
  const v0 = m.value;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.key;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const KeyValue = /* @__PURE__ */ new MessageCodec<KeyValue, KeyValueInit>(
  "pulsar.proto.KeyValue",
  readKeyValue,
  writeKeyValue,
);

/** Of an entry: one message, or a batch. */
export interface MessageMetadata {
  producerName: string | undefined;
  sequenceId: bigint | undefined;
  /** Unix milliseconds. */
  publishTime: bigint | undefined;
  properties: KeyValue[];
  partitionKey: string | undefined;
  /** 0 none, 1 LZ4, 2 zlib, 3 zstd, 4 snappy. */
  compression: number;
  uncompressedSize: number;
  numMessagesInBatch: number | undefined;
  encryptionKeys: EncryptionKeys[];
  schemaVersion: Buffer | undefined;
  partitionKeyB64Encoded: boolean;
  /** Unix milliseconds. */
  deliverAtTime: bigint | undefined;
  highestSequenceId: bigint | undefined;
  nullValue: boolean;
  numChunksFromMsg: number | undefined;
  chunkId: number | undefined;
}
export interface MessageMetadataInit {
  producerName?: string | undefined;
  sequenceId?: bigint | undefined;
  publishTime?: bigint | undefined;
  properties?: readonly KeyValueInit[] | undefined;
  partitionKey?: string | undefined;
  compression?: number | undefined;
  uncompressedSize?: number | undefined;
  numMessagesInBatch?: number | undefined;
  encryptionKeys?: readonly EncryptionKeysInit[] | undefined;
  schemaVersion?: Uint8Array | undefined;
  partitionKeyB64Encoded?: boolean | undefined;
  deliverAtTime?: bigint | undefined;
  highestSequenceId?: bigint | undefined;
  nullValue?: boolean | undefined;
  numChunksFromMsg?: number | undefined;
  chunkId?: number | undefined;
}

function readMessageMetadata(
  r: Reader,
  end: number,
  m: MessageMetadata = {
    producerName: undefined,
    sequenceId: undefined,
    publishTime: undefined,
    properties: [],
    partitionKey: undefined,
    compression: 0,
    uncompressedSize: 0,
    numMessagesInBatch: undefined,
    encryptionKeys: [],
    schemaVersion: undefined,
    partitionKeyB64Encoded: false,
    deliverAtTime: undefined,
    highestSequenceId: undefined,
    nullValue: false,
    numChunksFromMsg: undefined,
    chunkId: undefined,
  },
): MessageMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.producerName = r.string();
        break;
      case 16:
        m.sequenceId = r.uint64();
        break;
      case 24:
        m.publishTime = r.uint64();
        break;
      case 34: {
        const e = r.enter();
        m.properties.push(readKeyValue(r, e));
        r.leave(e);
        break;
      }
      case 50:
        m.partitionKey = r.string();
        break;
      case 64:
        m.compression = r.int32();
        break;
      case 72:
        m.uncompressedSize = r.uint32();
        break;
      case 88:
        m.numMessagesInBatch = r.int32();
        break;
      case 106: {
        const e = r.enter();
        m.encryptionKeys.push(readEncryptionKeys(r, e));
        r.leave(e);
        break;
      }
      case 130:
        m.schemaVersion = r.bytes();
        break;
      case 136:
        m.partitionKeyB64Encoded = r.bool();
        break;
      case 152:
        m.deliverAtTime = r.int64();
        break;
      case 192:
        m.highestSequenceId = r.uint64();
        break;
      case 200:
        m.nullValue = r.bool();
        break;
      case 216:
        m.numChunksFromMsg = r.int32();
        break;
      case 232:
        m.chunkId = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMessageMetadata(w: Writer, m: MessageMetadataInit): void {
  const v0 = m.chunkId;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(232);
  }
  const v1 = m.numChunksFromMsg;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(216);
  }
  const v2 = m.nullValue;
  if (v2) {
    w.bool(v2);
    w.uint32(200);
  }
  const v3 = m.highestSequenceId;
  if (v3 !== undefined) {
    w.uint64(v3);
    w.uint32(192);
  }
  const v4 = m.deliverAtTime;
  if (v4 !== undefined) {
    w.uint64(v4);
    w.uint32(152);
  }
  const v5 = m.partitionKeyB64Encoded;
  if (v5) {
    w.bool(v5);
    w.uint32(136);
  }
  const v6 = m.schemaVersion;
  if (v6 !== undefined) {
    w.bytes(v6);
    w.uint32(130);
  }
  const v7 = m.encryptionKeys;
  if (v7 !== undefined && v7.length > 0) {
    for (let i = v7.length - 1; i >= 0; i--) {
      const s = w.written;
      writeEncryptionKeys(w, v7[i]!);
      w.delimit(s, 106);
    }
  }
  const v8 = m.numMessagesInBatch;
  if (v8 !== undefined) {
    w.int32(v8);
    w.uint32(88);
  }
  const v9 = m.uncompressedSize;
  if (v9) {
    w.uint32(v9 >>> 0);
    w.uint32(72);
  }
  const v10 = m.compression;
  if (v10) {
    w.int32(v10);
    w.uint32(64);
  }
  const v11 = m.partitionKey;
  if (v11 !== undefined) {
    w.string(v11);
    w.uint32(50);
  }
  const v12 = m.properties;
  if (v12 !== undefined && v12.length > 0) {
    for (let i = v12.length - 1; i >= 0; i--) {
      const s = w.written;
      writeKeyValue(w, v12[i]!);
      w.delimit(s, 34);
    }
  }
  const v13 = m.publishTime;
  if (v13 !== undefined) {
    w.uint64(v13);
    w.uint32(24);
  }
  const v14 = m.sequenceId;
  if (v14 !== undefined) {
    w.uint64(v14);
    w.uint32(16);
  }
  const v15 = m.producerName;
  if (v15 !== undefined) {
    w.string(v15);
    w.uint32(10);
  }
}

export const MessageMetadata = /* @__PURE__ */ new MessageCodec<MessageMetadata, MessageMetadataInit>(
  "pulsar.proto.MessageMetadata",
  readMessageMetadata,
  writeMessageMetadata,
);

export interface EncryptionKeys {
  key: string | undefined;
}
export interface EncryptionKeysInit {
  key?: string | undefined;
}

function readEncryptionKeys(
  r: Reader,
  end: number,
  m: EncryptionKeys = {
    key: undefined,
  },
): EncryptionKeys {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEncryptionKeys(w: Writer, m: EncryptionKeysInit): void {
  const v0 = m.key;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(10);
  }
}

export const EncryptionKeys = /* @__PURE__ */ new MessageCodec<EncryptionKeys, EncryptionKeysInit>(
  "pulsar.proto.EncryptionKeys",
  readEncryptionKeys,
  writeEncryptionKeys,
);

/** Of a message in a batch. */
export interface SingleMessageMetadata {
  properties: KeyValue[];
  partitionKey: string | undefined;
  payloadSize: number | undefined;
  compactedOut: boolean;
  partitionKeyB64Encoded: boolean;
  sequenceId: bigint | undefined;
  nullValue: boolean;
}
export interface SingleMessageMetadataInit {
  properties?: readonly KeyValueInit[] | undefined;
  partitionKey?: string | undefined;
  payloadSize?: number | undefined;
  compactedOut?: boolean | undefined;
  partitionKeyB64Encoded?: boolean | undefined;
  sequenceId?: bigint | undefined;
  nullValue?: boolean | undefined;
}

function readSingleMessageMetadata(
  r: Reader,
  end: number,
  m: SingleMessageMetadata = {
    properties: [],
    partitionKey: undefined,
    payloadSize: undefined,
    compactedOut: false,
    partitionKeyB64Encoded: false,
    sequenceId: undefined,
    nullValue: false,
  },
): SingleMessageMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.properties.push(readKeyValue(r, e));
        r.leave(e);
        break;
      }
      case 18:
        m.partitionKey = r.string();
        break;
      case 24:
        m.payloadSize = r.int32();
        break;
      case 32:
        m.compactedOut = r.bool();
        break;
      case 48:
        m.partitionKeyB64Encoded = r.bool();
        break;
      case 64:
        m.sequenceId = r.uint64();
        break;
      case 72:
        m.nullValue = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSingleMessageMetadata(w: Writer, m: SingleMessageMetadataInit): void {
  const v0 = m.nullValue;
  if (v0) {
    w.bool(v0);
    w.uint32(72);
  }
  const v1 = m.sequenceId;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(64);
  }
  const v2 = m.partitionKeyB64Encoded;
  if (v2) {
    w.bool(v2);
    w.uint32(48);
  }
  const v3 = m.compactedOut;
  if (v3) {
    w.bool(v3);
    w.uint32(32);
  }
  const v4 = m.payloadSize;
  if (v4 !== undefined) {
    w.int32(v4);
    w.uint32(24);
  }
  const v5 = m.partitionKey;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.properties;
  if (v6 !== undefined && v6.length > 0) {
    for (let i = v6.length - 1; i >= 0; i--) {
      const s = w.written;
      writeKeyValue(w, v6[i]!);
      w.delimit(s, 10);
    }
  }
}

export const SingleMessageMetadata = /* @__PURE__ */ new MessageCodec<SingleMessageMetadata, SingleMessageMetadataInit>(
  "pulsar.proto.SingleMessageMetadata",
  readSingleMessageMetadata,
  writeSingleMessageMetadata,
);

export interface CommandConnect {
  clientVersion: string | undefined;
  authData: Buffer | undefined;
  protocolVersion: number | undefined;
  authMethodName: string | undefined;
  proxyToBrokerUrl: string | undefined;
  featureFlags: FeatureFlags | undefined;
}
export interface CommandConnectInit {
  clientVersion?: string | undefined;
  authData?: Uint8Array | undefined;
  protocolVersion?: number | undefined;
  authMethodName?: string | undefined;
  proxyToBrokerUrl?: string | undefined;
  featureFlags?: FeatureFlagsInit | undefined;
}

function readCommandConnect(
  r: Reader,
  end: number,
  m: CommandConnect = {
    clientVersion: undefined,
    authData: undefined,
    protocolVersion: undefined,
    authMethodName: undefined,
    proxyToBrokerUrl: undefined,
    featureFlags: undefined,
  },
): CommandConnect {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.clientVersion = r.string();
        break;
      case 26:
        m.authData = r.bytes();
        break;
      case 32:
        m.protocolVersion = r.int32();
        break;
      case 42:
        m.authMethodName = r.string();
        break;
      case 50:
        m.proxyToBrokerUrl = r.string();
        break;
      case 82: {
        const e = r.enter();
        m.featureFlags = readFeatureFlags(r, e, m.featureFlags);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandConnect(w: Writer, m: CommandConnectInit): void {
  const v0 = m.featureFlags;
  if (v0 !== undefined) {
    const s = w.written;
    writeFeatureFlags(w, v0);
    w.delimit(s, 82);
  }
  const v1 = m.proxyToBrokerUrl;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(50);
  }
  const v2 = m.authMethodName;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.protocolVersion;
  if (v3 !== undefined) {
    w.int32(v3);
    w.uint32(32);
  }
  const v4 = m.authData;
  if (v4 !== undefined) {
    w.bytes(v4);
    w.uint32(26);
  }
  const v5 = m.clientVersion;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(10);
  }
}

export const CommandConnect = /* @__PURE__ */ new MessageCodec<CommandConnect, CommandConnectInit>(
  "pulsar.proto.CommandConnect",
  readCommandConnect,
  writeCommandConnect,
);

export interface FeatureFlags {
  supportsAuthRefresh: boolean;
}
export interface FeatureFlagsInit {
  supportsAuthRefresh?: boolean | undefined;
}

function readFeatureFlags(
  r: Reader,
  end: number,
  m: FeatureFlags = {
    supportsAuthRefresh: false,
  },
): FeatureFlags {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.supportsAuthRefresh = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeFeatureFlags(w: Writer, m: FeatureFlagsInit): void {
  const v0 = m.supportsAuthRefresh;
  if (v0) {
    w.bool(v0);
    w.uint32(8);
  }
}

export const FeatureFlags = /* @__PURE__ */ new MessageCodec<FeatureFlags, FeatureFlagsInit>(
  "pulsar.proto.FeatureFlags",
  readFeatureFlags,
  writeFeatureFlags,
);

export interface CommandConnected {
  serverVersion: string | undefined;
  protocolVersion: number | undefined;
  maxMessageSize: number | undefined;
}
export interface CommandConnectedInit {
  serverVersion?: string | undefined;
  protocolVersion?: number | undefined;
  maxMessageSize?: number | undefined;
}

function readCommandConnected(
  r: Reader,
  end: number,
  m: CommandConnected = {
    serverVersion: undefined,
    protocolVersion: undefined,
    maxMessageSize: undefined,
  },
): CommandConnected {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.serverVersion = r.string();
        break;
      case 16:
        m.protocolVersion = r.int32();
        break;
      case 24:
        m.maxMessageSize = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandConnected(w: Writer, m: CommandConnectedInit): void {
  const v0 = m.maxMessageSize;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(24);
  }
  const v1 = m.protocolVersion;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(16);
  }
  const v2 = m.serverVersion;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(10);
  }
}

export const CommandConnected = /* @__PURE__ */ new MessageCodec<CommandConnected, CommandConnectedInit>(
  "pulsar.proto.CommandConnected",
  readCommandConnected,
  writeCommandConnected,
);

export interface AuthData {
  authMethodName: string | undefined;
  authData: Buffer | undefined;
}
export interface AuthDataInit {
  authMethodName?: string | undefined;
  authData?: Uint8Array | undefined;
}

function readAuthData(
  r: Reader,
  end: number,
  m: AuthData = {
    authMethodName: undefined,
    authData: undefined,
  },
): AuthData {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.authMethodName = r.string();
        break;
      case 18:
        m.authData = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAuthData(w: Writer, m: AuthDataInit): void {
  const v0 = m.authData;
  if (v0 !== undefined) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.authMethodName;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const AuthData = /* @__PURE__ */ new MessageCodec<AuthData, AuthDataInit>(
  "pulsar.proto.AuthData",
  readAuthData,
  writeAuthData,
);

export interface CommandAuthResponse {
  clientVersion: string | undefined;
  response: AuthData | undefined;
  protocolVersion: number | undefined;
}
export interface CommandAuthResponseInit {
  clientVersion?: string | undefined;
  response?: AuthDataInit | undefined;
  protocolVersion?: number | undefined;
}

function readCommandAuthResponse(
  r: Reader,
  end: number,
  m: CommandAuthResponse = {
    clientVersion: undefined,
    response: undefined,
    protocolVersion: undefined,
  },
): CommandAuthResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.clientVersion = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.response = readAuthData(r, e, m.response);
        r.leave(e);
        break;
      }
      case 24:
        m.protocolVersion = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandAuthResponse(w: Writer, m: CommandAuthResponseInit): void {
  const v0 = m.protocolVersion;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(24);
  }
  const v1 = m.response;
  if (v1 !== undefined) {
    const s = w.written;
    writeAuthData(w, v1);
    w.delimit(s, 18);
  }
  const v2 = m.clientVersion;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(10);
  }
}

export const CommandAuthResponse = /* @__PURE__ */ new MessageCodec<CommandAuthResponse, CommandAuthResponseInit>(
  "pulsar.proto.CommandAuthResponse",
  readCommandAuthResponse,
  writeCommandAuthResponse,
);

export interface CommandAuthChallenge {
  challenge: AuthData | undefined;
}
export interface CommandAuthChallengeInit {
  challenge?: AuthDataInit | undefined;
}

function readCommandAuthChallenge(
  r: Reader,
  end: number,
  m: CommandAuthChallenge = {
    challenge: undefined,
  },
): CommandAuthChallenge {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 18: {
        const e = r.enter();
        m.challenge = readAuthData(r, e, m.challenge);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandAuthChallenge(w: Writer, m: CommandAuthChallengeInit): void {
  const v0 = m.challenge;
  if (v0 !== undefined) {
    const s = w.written;
    writeAuthData(w, v0);
    w.delimit(s, 18);
  }
}

export const CommandAuthChallenge = /* @__PURE__ */ new MessageCodec<CommandAuthChallenge, CommandAuthChallengeInit>(
  "pulsar.proto.CommandAuthChallenge",
  readCommandAuthChallenge,
  writeCommandAuthChallenge,
);

export interface KeySharedMeta {
  keySharedMode: number | undefined;
  allowOutOfOrderDelivery: boolean | undefined;
}
export interface KeySharedMetaInit {
  keySharedMode?: number | undefined;
  allowOutOfOrderDelivery?: boolean | undefined;
}

function readKeySharedMeta(
  r: Reader,
  end: number,
  m: KeySharedMeta = {
    keySharedMode: undefined,
    allowOutOfOrderDelivery: undefined,
  },
): KeySharedMeta {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.keySharedMode = r.int32();
        break;
      case 32:
        m.allowOutOfOrderDelivery = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeKeySharedMeta(w: Writer, m: KeySharedMetaInit): void {
  const v0 = m.allowOutOfOrderDelivery;
  if (v0 !== undefined) {
    w.bool(v0);
    w.uint32(32);
  }
  const v1 = m.keySharedMode;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const KeySharedMeta = /* @__PURE__ */ new MessageCodec<KeySharedMeta, KeySharedMetaInit>(
  "pulsar.proto.KeySharedMeta",
  readKeySharedMeta,
  writeKeySharedMeta,
);

export interface CommandSubscribe {
  topic: string | undefined;
  subscription: string | undefined;
  /** 0 exclusive, 1 shared, 2 failover, 3 key_shared. */
  subType: number | undefined;
  consumerId: bigint | undefined;
  requestId: bigint | undefined;
  consumerName: string | undefined;
  durable: boolean | undefined;
  startMessageId: MessageIdData | undefined;
  schema: Schema | undefined;
  /** 0 latest, 1 earliest. */
  initialPosition: number | undefined;
  keySharedMeta: KeySharedMeta | undefined;
}
export interface CommandSubscribeInit {
  topic?: string | undefined;
  subscription?: string | undefined;
  subType?: number | undefined;
  consumerId?: bigint | undefined;
  requestId?: bigint | undefined;
  consumerName?: string | undefined;
  durable?: boolean | undefined;
  startMessageId?: MessageIdDataInit | undefined;
  schema?: SchemaInit | undefined;
  initialPosition?: number | undefined;
  keySharedMeta?: KeySharedMetaInit | undefined;
}

function readCommandSubscribe(
  r: Reader,
  end: number,
  m: CommandSubscribe = {
    topic: undefined,
    subscription: undefined,
    subType: undefined,
    consumerId: undefined,
    requestId: undefined,
    consumerName: undefined,
    durable: undefined,
    startMessageId: undefined,
    schema: undefined,
    initialPosition: undefined,
    keySharedMeta: undefined,
  },
): CommandSubscribe {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.topic = r.string();
        break;
      case 18:
        m.subscription = r.string();
        break;
      case 24:
        m.subType = r.int32();
        break;
      case 32:
        m.consumerId = r.uint64();
        break;
      case 40:
        m.requestId = r.uint64();
        break;
      case 50:
        m.consumerName = r.string();
        break;
      case 64:
        m.durable = r.bool();
        break;
      case 74: {
        const e = r.enter();
        m.startMessageId = readMessageIdData(r, e, m.startMessageId);
        r.leave(e);
        break;
      }
      case 98: {
        const e = r.enter();
        m.schema = readSchema(r, e, m.schema);
        r.leave(e);
        break;
      }
      case 104:
        m.initialPosition = r.int32();
        break;
      case 138: {
        const e = r.enter();
        m.keySharedMeta = readKeySharedMeta(r, e, m.keySharedMeta);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandSubscribe(w: Writer, m: CommandSubscribeInit): void {
  const v0 = m.keySharedMeta;
  if (v0 !== undefined) {
    const s = w.written;
    writeKeySharedMeta(w, v0);
    w.delimit(s, 138);
  }
  const v1 = m.initialPosition;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(104);
  }
  const v2 = m.schema;
  if (v2 !== undefined) {
    const s = w.written;
    writeSchema(w, v2);
    w.delimit(s, 98);
  }
  const v3 = m.startMessageId;
  if (v3 !== undefined) {
    const s = w.written;
    writeMessageIdData(w, v3);
    w.delimit(s, 74);
  }
  const v4 = m.durable;
  if (v4 !== undefined) {
    w.bool(v4);
    w.uint32(64);
  }
  const v5 = m.consumerName;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(50);
  }
  const v6 = m.requestId;
  if (v6 !== undefined) {
    w.uint64(v6);
    w.uint32(40);
  }
  const v7 = m.consumerId;
  if (v7 !== undefined) {
    w.uint64(v7);
    w.uint32(32);
  }
  const v8 = m.subType;
  if (v8 !== undefined) {
    w.int32(v8);
    w.uint32(24);
  }
  const v9 = m.subscription;
  if (v9 !== undefined) {
    w.string(v9);
    w.uint32(18);
  }
  const v10 = m.topic;
  if (v10 !== undefined) {
    w.string(v10);
    w.uint32(10);
  }
}

export const CommandSubscribe = /* @__PURE__ */ new MessageCodec<CommandSubscribe, CommandSubscribeInit>(
  "pulsar.proto.CommandSubscribe",
  readCommandSubscribe,
  writeCommandSubscribe,
);

export interface CommandPartitionedTopicMetadata {
  topic: string | undefined;
  requestId: bigint | undefined;
}
export interface CommandPartitionedTopicMetadataInit {
  topic?: string | undefined;
  requestId?: bigint | undefined;
}

function readCommandPartitionedTopicMetadata(
  r: Reader,
  end: number,
  m: CommandPartitionedTopicMetadata = {
    topic: undefined,
    requestId: undefined,
  },
): CommandPartitionedTopicMetadata {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.topic = r.string();
        break;
      case 16:
        m.requestId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandPartitionedTopicMetadata(w: Writer, m: CommandPartitionedTopicMetadataInit): void {
  const v0 = m.requestId;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.topic;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const CommandPartitionedTopicMetadata = /* @__PURE__ */ new MessageCodec<CommandPartitionedTopicMetadata, CommandPartitionedTopicMetadataInit>(
  "pulsar.proto.CommandPartitionedTopicMetadata",
  readCommandPartitionedTopicMetadata,
  writeCommandPartitionedTopicMetadata,
);

export interface CommandPartitionedTopicMetadataResponse {
  partitions: number;
  requestId: bigint;
  /** 0 success, 1 failed. */
  response: number;
  error: number | undefined;
  message: string;
}
export interface CommandPartitionedTopicMetadataResponseInit {
  partitions?: number | undefined;
  requestId?: bigint | undefined;
  response?: number | undefined;
  error?: number | undefined;
  message?: string | undefined;
}

function readCommandPartitionedTopicMetadataResponse(
  r: Reader,
  end: number,
  m: CommandPartitionedTopicMetadataResponse = {
    partitions: 0,
    requestId: 0n,
    response: 0,
    error: undefined,
    message: "",
  },
): CommandPartitionedTopicMetadataResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.partitions = r.uint32();
        break;
      case 16:
        m.requestId = r.uint64();
        break;
      case 24:
        m.response = r.int32();
        break;
      case 32:
        m.error = r.int32();
        break;
      case 42:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandPartitionedTopicMetadataResponse(w: Writer, m: CommandPartitionedTopicMetadataResponseInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(42);
  }
  const v1 = m.error;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(32);
  }
  const v2 = m.response;
  if (v2) {
    w.int32(v2);
    w.uint32(24);
  }
  const v3 = m.requestId;
  if (v3) {
    w.uint64(v3);
    w.uint32(16);
  }
  const v4 = m.partitions;
  if (v4) {
    w.uint32(v4 >>> 0);
    w.uint32(8);
  }
}

export const CommandPartitionedTopicMetadataResponse = /* @__PURE__ */ new MessageCodec<CommandPartitionedTopicMetadataResponse, CommandPartitionedTopicMetadataResponseInit>(
  "pulsar.proto.CommandPartitionedTopicMetadataResponse",
  readCommandPartitionedTopicMetadataResponse,
  writeCommandPartitionedTopicMetadataResponse,
);

export interface CommandLookupTopic {
  topic: string | undefined;
  requestId: bigint | undefined;
  authoritative: boolean;
}
export interface CommandLookupTopicInit {
  topic?: string | undefined;
  requestId?: bigint | undefined;
  authoritative?: boolean | undefined;
}

function readCommandLookupTopic(
  r: Reader,
  end: number,
  m: CommandLookupTopic = {
    topic: undefined,
    requestId: undefined,
    authoritative: false,
  },
): CommandLookupTopic {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.topic = r.string();
        break;
      case 16:
        m.requestId = r.uint64();
        break;
      case 24:
        m.authoritative = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandLookupTopic(w: Writer, m: CommandLookupTopicInit): void {
  const v0 = m.authoritative;
  if (v0) {
    w.bool(v0);
    w.uint32(24);
  }
  const v1 = m.requestId;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(16);
  }
  const v2 = m.topic;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(10);
  }
}

export const CommandLookupTopic = /* @__PURE__ */ new MessageCodec<CommandLookupTopic, CommandLookupTopicInit>(
  "pulsar.proto.CommandLookupTopic",
  readCommandLookupTopic,
  writeCommandLookupTopic,
);

export interface CommandLookupTopicResponse {
  brokerServiceUrl: string;
  brokerServiceUrlTls: string;
  /** 0 redirect, 1 connect, 2 failed. */
  response: number;
  requestId: bigint;
  authoritative: boolean;
  error: number | undefined;
  message: string;
  proxyThroughServiceUrl: boolean;
}
export interface CommandLookupTopicResponseInit {
  brokerServiceUrl?: string | undefined;
  brokerServiceUrlTls?: string | undefined;
  response?: number | undefined;
  requestId?: bigint | undefined;
  authoritative?: boolean | undefined;
  error?: number | undefined;
  message?: string | undefined;
  proxyThroughServiceUrl?: boolean | undefined;
}

function readCommandLookupTopicResponse(
  r: Reader,
  end: number,
  m: CommandLookupTopicResponse = {
    brokerServiceUrl: "",
    brokerServiceUrlTls: "",
    response: 0,
    requestId: 0n,
    authoritative: false,
    error: undefined,
    message: "",
    proxyThroughServiceUrl: false,
  },
): CommandLookupTopicResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.brokerServiceUrl = r.string();
        break;
      case 18:
        m.brokerServiceUrlTls = r.string();
        break;
      case 24:
        m.response = r.int32();
        break;
      case 32:
        m.requestId = r.uint64();
        break;
      case 40:
        m.authoritative = r.bool();
        break;
      case 48:
        m.error = r.int32();
        break;
      case 58:
        m.message = r.string();
        break;
      case 64:
        m.proxyThroughServiceUrl = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandLookupTopicResponse(w: Writer, m: CommandLookupTopicResponseInit): void {
  const v0 = m.proxyThroughServiceUrl;
  if (v0) {
    w.bool(v0);
    w.uint32(64);
  }
  const v1 = m.message;
  if (v1) {
    w.string(v1);
    w.uint32(58);
  }
  const v2 = m.error;
  if (v2 !== undefined) {
    w.int32(v2);
    w.uint32(48);
  }
  const v3 = m.authoritative;
  if (v3) {
    w.bool(v3);
    w.uint32(40);
  }
  const v4 = m.requestId;
  if (v4) {
    w.uint64(v4);
    w.uint32(32);
  }
  const v5 = m.response;
  if (v5) {
    w.int32(v5);
    w.uint32(24);
  }
  const v6 = m.brokerServiceUrlTls;
  if (v6) {
    w.string(v6);
    w.uint32(18);
  }
  const v7 = m.brokerServiceUrl;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const CommandLookupTopicResponse = /* @__PURE__ */ new MessageCodec<CommandLookupTopicResponse, CommandLookupTopicResponseInit>(
  "pulsar.proto.CommandLookupTopicResponse",
  readCommandLookupTopicResponse,
  writeCommandLookupTopicResponse,
);

export interface CommandProducer {
  topic: string | undefined;
  producerId: bigint | undefined;
  requestId: bigint | undefined;
  producerName: string | undefined;
  schema: Schema | undefined;
  epoch: bigint | undefined;
  userProvidedProducerName: boolean | undefined;
}
export interface CommandProducerInit {
  topic?: string | undefined;
  producerId?: bigint | undefined;
  requestId?: bigint | undefined;
  producerName?: string | undefined;
  schema?: SchemaInit | undefined;
  epoch?: bigint | undefined;
  userProvidedProducerName?: boolean | undefined;
}

function readCommandProducer(
  r: Reader,
  end: number,
  m: CommandProducer = {
    topic: undefined,
    producerId: undefined,
    requestId: undefined,
    producerName: undefined,
    schema: undefined,
    epoch: undefined,
    userProvidedProducerName: undefined,
  },
): CommandProducer {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.topic = r.string();
        break;
      case 16:
        m.producerId = r.uint64();
        break;
      case 24:
        m.requestId = r.uint64();
        break;
      case 34:
        m.producerName = r.string();
        break;
      case 58: {
        const e = r.enter();
        m.schema = readSchema(r, e, m.schema);
        r.leave(e);
        break;
      }
      case 64:
        m.epoch = r.uint64();
        break;
      case 72:
        m.userProvidedProducerName = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandProducer(w: Writer, m: CommandProducerInit): void {
  const v0 = m.userProvidedProducerName;
  if (v0 !== undefined) {
    w.bool(v0);
    w.uint32(72);
  }
  const v1 = m.epoch;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(64);
  }
  const v2 = m.schema;
  if (v2 !== undefined) {
    const s = w.written;
    writeSchema(w, v2);
    w.delimit(s, 58);
  }
  const v3 = m.producerName;
  if (v3 !== undefined) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.requestId;
  if (v4 !== undefined) {
    w.uint64(v4);
    w.uint32(24);
  }
  const v5 = m.producerId;
  if (v5 !== undefined) {
    w.uint64(v5);
    w.uint32(16);
  }
  const v6 = m.topic;
  if (v6 !== undefined) {
    w.string(v6);
    w.uint32(10);
  }
}

export const CommandProducer = /* @__PURE__ */ new MessageCodec<CommandProducer, CommandProducerInit>(
  "pulsar.proto.CommandProducer",
  readCommandProducer,
  writeCommandProducer,
);

export interface CommandSend {
  producerId: bigint | undefined;
  sequenceId: bigint | undefined;
  numMessages: number | undefined;
  highestSequenceId: bigint | undefined;
}
export interface CommandSendInit {
  producerId?: bigint | undefined;
  sequenceId?: bigint | undefined;
  numMessages?: number | undefined;
  highestSequenceId?: bigint | undefined;
}

function readCommandSend(
  r: Reader,
  end: number,
  m: CommandSend = {
    producerId: undefined,
    sequenceId: undefined,
    numMessages: undefined,
    highestSequenceId: undefined,
  },
): CommandSend {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.producerId = r.uint64();
        break;
      case 16:
        m.sequenceId = r.uint64();
        break;
      case 24:
        m.numMessages = r.int32();
        break;
      case 48:
        m.highestSequenceId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandSend(w: Writer, m: CommandSendInit): void {
  const v0 = m.highestSequenceId;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(48);
  }
  const v1 = m.numMessages;
  if (v1 !== undefined) {
    w.int32(v1);
    w.uint32(24);
  }
  const v2 = m.sequenceId;
  if (v2 !== undefined) {
    w.uint64(v2);
    w.uint32(16);
  }
  const v3 = m.producerId;
  if (v3 !== undefined) {
    w.uint64(v3);
    w.uint32(8);
  }
}

export const CommandSend = /* @__PURE__ */ new MessageCodec<CommandSend, CommandSendInit>(
  "pulsar.proto.CommandSend",
  readCommandSend,
  writeCommandSend,
);

export interface CommandSendReceipt {
  producerId: bigint;
  sequenceId: bigint;
}
export interface CommandSendReceiptInit {
  producerId?: bigint | undefined;
  sequenceId?: bigint | undefined;
}

function readCommandSendReceipt(
  r: Reader,
  end: number,
  m: CommandSendReceipt = {
    producerId: 0n,
    sequenceId: 0n,
  },
): CommandSendReceipt {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.producerId = r.uint64();
        break;
      case 16:
        m.sequenceId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandSendReceipt(w: Writer, m: CommandSendReceiptInit): void {
  const v0 = m.sequenceId;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.producerId;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const CommandSendReceipt = /* @__PURE__ */ new MessageCodec<CommandSendReceipt, CommandSendReceiptInit>(
  "pulsar.proto.CommandSendReceipt",
  readCommandSendReceipt,
  writeCommandSendReceipt,
);

export interface CommandSendError {
  producerId: bigint;
  sequenceId: bigint;
  error: number;
  message: string;
}
export interface CommandSendErrorInit {
  producerId?: bigint | undefined;
  sequenceId?: bigint | undefined;
  error?: number | undefined;
  message?: string | undefined;
}

function readCommandSendError(
  r: Reader,
  end: number,
  m: CommandSendError = {
    producerId: 0n,
    sequenceId: 0n,
    error: 0,
    message: "",
  },
): CommandSendError {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.producerId = r.uint64();
        break;
      case 16:
        m.sequenceId = r.uint64();
        break;
      case 24:
        m.error = r.int32();
        break;
      case 34:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandSendError(w: Writer, m: CommandSendErrorInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.error;
  if (v1) {
    w.int32(v1);
    w.uint32(24);
  }
  const v2 = m.sequenceId;
  if (v2) {
    w.uint64(v2);
    w.uint32(16);
  }
  const v3 = m.producerId;
  if (v3) {
    w.uint64(v3);
    w.uint32(8);
  }
}

export const CommandSendError = /* @__PURE__ */ new MessageCodec<CommandSendError, CommandSendErrorInit>(
  "pulsar.proto.CommandSendError",
  readCommandSendError,
  writeCommandSendError,
);

export interface CommandMessage {
  consumerId: bigint;
  messageId: MessageIdData | undefined;
  redeliveryCount: number;
  /** Bits of the messages of a batch that are not confirmed; none: all of them. */
  ackSet: bigint[];
}
export interface CommandMessageInit {
  consumerId?: bigint | undefined;
  messageId?: MessageIdDataInit | undefined;
  redeliveryCount?: number | undefined;
  ackSet?: readonly bigint[] | undefined;
}

function readCommandMessage(
  r: Reader,
  end: number,
  m: CommandMessage = {
    consumerId: 0n,
    messageId: undefined,
    redeliveryCount: 0,
    ackSet: [],
  },
): CommandMessage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.consumerId = r.uint64();
        break;
      case 18: {
        const e = r.enter();
        m.messageId = readMessageIdData(r, e, m.messageId);
        r.leave(e);
        break;
      }
      case 24:
        m.redeliveryCount = r.uint32();
        break;
      case 32:
        m.ackSet.push(r.int64());
        break;
      case 34: {
        const e = r.enter();
        while (r.pos < e) m.ackSet.push(r.int64());
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandMessage(w: Writer, m: CommandMessageInit): void {
  const v0 = m.ackSet;
  if (v0 !== undefined && v0.length > 0) {
    const s = w.written;
    for (let i = v0.length - 1; i >= 0; i--) {
      w.uint64(v0[i]!);
    }
    w.delimit(s, 34);
  }
  const v1 = m.redeliveryCount;
  if (v1) {
    w.uint32(v1 >>> 0);
    w.uint32(24);
  }
  const v2 = m.messageId;
  if (v2 !== undefined) {
    const s = w.written;
    writeMessageIdData(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.consumerId;
  if (v3) {
    w.uint64(v3);
    w.uint32(8);
  }
}

export const CommandMessage = /* @__PURE__ */ new MessageCodec<CommandMessage, CommandMessageInit>(
  "pulsar.proto.CommandMessage",
  readCommandMessage,
  writeCommandMessage,
);

export interface CommandAck {
  consumerId: bigint | undefined;
  /** 0 individual. */
  ackType: number | undefined;
  messageId: MessageIdData[];
  /** 1 decompression, 2 checksum, 3 batch, 4 decryption. */
  validationError: number | undefined;
}
export interface CommandAckInit {
  consumerId?: bigint | undefined;
  ackType?: number | undefined;
  messageId?: readonly MessageIdDataInit[] | undefined;
  validationError?: number | undefined;
}

function readCommandAck(
  r: Reader,
  end: number,
  m: CommandAck = {
    consumerId: undefined,
    ackType: undefined,
    messageId: [],
    validationError: undefined,
  },
): CommandAck {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.consumerId = r.uint64();
        break;
      case 16:
        m.ackType = r.int32();
        break;
      case 26: {
        const e = r.enter();
        m.messageId.push(readMessageIdData(r, e));
        r.leave(e);
        break;
      }
      case 32:
        m.validationError = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandAck(w: Writer, m: CommandAckInit): void {
  const v0 = m.validationError;
  if (v0 !== undefined) {
    w.int32(v0);
    w.uint32(32);
  }
  const v1 = m.messageId;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMessageIdData(w, v1[i]!);
      w.delimit(s, 26);
    }
  }
  const v2 = m.ackType;
  if (v2 !== undefined) {
    w.int32(v2);
    w.uint32(16);
  }
  const v3 = m.consumerId;
  if (v3 !== undefined) {
    w.uint64(v3);
    w.uint32(8);
  }
}

export const CommandAck = /* @__PURE__ */ new MessageCodec<CommandAck, CommandAckInit>(
  "pulsar.proto.CommandAck",
  readCommandAck,
  writeCommandAck,
);

export interface CommandFlow {
  consumerId: bigint | undefined;
  messagePermits: number | undefined;
}
export interface CommandFlowInit {
  consumerId?: bigint | undefined;
  messagePermits?: number | undefined;
}

function readCommandFlow(
  r: Reader,
  end: number,
  m: CommandFlow = {
    consumerId: undefined,
    messagePermits: undefined,
  },
): CommandFlow {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.consumerId = r.uint64();
        break;
      case 16:
        m.messagePermits = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandFlow(w: Writer, m: CommandFlowInit): void {
  const v0 = m.messagePermits;
  if (v0 !== undefined) {
    w.uint32(v0 >>> 0);
    w.uint32(16);
  }
  const v1 = m.consumerId;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const CommandFlow = /* @__PURE__ */ new MessageCodec<CommandFlow, CommandFlowInit>(
  "pulsar.proto.CommandFlow",
  readCommandFlow,
  writeCommandFlow,
);

export interface CommandReachedEndOfTopic {
  consumerId: bigint;
}
export interface CommandReachedEndOfTopicInit {
  consumerId?: bigint | undefined;
}

function readCommandReachedEndOfTopic(
  r: Reader,
  end: number,
  m: CommandReachedEndOfTopic = {
    consumerId: 0n,
  },
): CommandReachedEndOfTopic {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.consumerId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandReachedEndOfTopic(w: Writer, m: CommandReachedEndOfTopicInit): void {
  const v0 = m.consumerId;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const CommandReachedEndOfTopic = /* @__PURE__ */ new MessageCodec<CommandReachedEndOfTopic, CommandReachedEndOfTopicInit>(
  "pulsar.proto.CommandReachedEndOfTopic",
  readCommandReachedEndOfTopic,
  writeCommandReachedEndOfTopic,
);

export interface CommandCloseProducer {
  producerId: bigint | undefined;
  requestId: bigint | undefined;
}
export interface CommandCloseProducerInit {
  producerId?: bigint | undefined;
  requestId?: bigint | undefined;
}

function readCommandCloseProducer(
  r: Reader,
  end: number,
  m: CommandCloseProducer = {
    producerId: undefined,
    requestId: undefined,
  },
): CommandCloseProducer {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.producerId = r.uint64();
        break;
      case 16:
        m.requestId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandCloseProducer(w: Writer, m: CommandCloseProducerInit): void {
  const v0 = m.requestId;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.producerId;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const CommandCloseProducer = /* @__PURE__ */ new MessageCodec<CommandCloseProducer, CommandCloseProducerInit>(
  "pulsar.proto.CommandCloseProducer",
  readCommandCloseProducer,
  writeCommandCloseProducer,
);

export interface CommandCloseConsumer {
  consumerId: bigint | undefined;
  requestId: bigint | undefined;
}
export interface CommandCloseConsumerInit {
  consumerId?: bigint | undefined;
  requestId?: bigint | undefined;
}

function readCommandCloseConsumer(
  r: Reader,
  end: number,
  m: CommandCloseConsumer = {
    consumerId: undefined,
    requestId: undefined,
  },
): CommandCloseConsumer {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.consumerId = r.uint64();
        break;
      case 16:
        m.requestId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandCloseConsumer(w: Writer, m: CommandCloseConsumerInit): void {
  const v0 = m.requestId;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.consumerId;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const CommandCloseConsumer = /* @__PURE__ */ new MessageCodec<CommandCloseConsumer, CommandCloseConsumerInit>(
  "pulsar.proto.CommandCloseConsumer",
  readCommandCloseConsumer,
  writeCommandCloseConsumer,
);

export interface CommandRedeliverUnacknowledgedMessages {
  consumerId: bigint | undefined;
  messageIds: MessageIdData[];
}
export interface CommandRedeliverUnacknowledgedMessagesInit {
  consumerId?: bigint | undefined;
  messageIds?: readonly MessageIdDataInit[] | undefined;
}

function readCommandRedeliverUnacknowledgedMessages(
  r: Reader,
  end: number,
  m: CommandRedeliverUnacknowledgedMessages = {
    consumerId: undefined,
    messageIds: [],
  },
): CommandRedeliverUnacknowledgedMessages {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.consumerId = r.uint64();
        break;
      case 18: {
        const e = r.enter();
        m.messageIds.push(readMessageIdData(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandRedeliverUnacknowledgedMessages(w: Writer, m: CommandRedeliverUnacknowledgedMessagesInit): void {
  const v0 = m.messageIds;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeMessageIdData(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.consumerId;
  if (v1 !== undefined) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const CommandRedeliverUnacknowledgedMessages = /* @__PURE__ */ new MessageCodec<CommandRedeliverUnacknowledgedMessages, CommandRedeliverUnacknowledgedMessagesInit>(
  "pulsar.proto.CommandRedeliverUnacknowledgedMessages",
  readCommandRedeliverUnacknowledgedMessages,
  writeCommandRedeliverUnacknowledgedMessages,
);

export interface CommandSuccess {
  requestId: bigint;
}
export interface CommandSuccessInit {
  requestId?: bigint | undefined;
}

function readCommandSuccess(
  r: Reader,
  end: number,
  m: CommandSuccess = {
    requestId: 0n,
  },
): CommandSuccess {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.requestId = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandSuccess(w: Writer, m: CommandSuccessInit): void {
  const v0 = m.requestId;
  if (v0) {
    w.uint64(v0);
    w.uint32(8);
  }
}

export const CommandSuccess = /* @__PURE__ */ new MessageCodec<CommandSuccess, CommandSuccessInit>(
  "pulsar.proto.CommandSuccess",
  readCommandSuccess,
  writeCommandSuccess,
);

export interface CommandProducerSuccess {
  requestId: bigint;
  producerName: string;
  schemaVersion: Buffer;
}
export interface CommandProducerSuccessInit {
  requestId?: bigint | undefined;
  producerName?: string | undefined;
  schemaVersion?: Uint8Array | undefined;
}

function readCommandProducerSuccess(
  r: Reader,
  end: number,
  m: CommandProducerSuccess = {
    requestId: 0n,
    producerName: "",
    schemaVersion: noBytes,
  },
): CommandProducerSuccess {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.requestId = r.uint64();
        break;
      case 18:
        m.producerName = r.string();
        break;
      case 34:
        m.schemaVersion = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandProducerSuccess(w: Writer, m: CommandProducerSuccessInit): void {
  const v0 = m.schemaVersion;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(34);
  }
  const v1 = m.producerName;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.requestId;
  if (v2) {
    w.uint64(v2);
    w.uint32(8);
  }
}

export const CommandProducerSuccess = /* @__PURE__ */ new MessageCodec<CommandProducerSuccess, CommandProducerSuccessInit>(
  "pulsar.proto.CommandProducerSuccess",
  readCommandProducerSuccess,
  writeCommandProducerSuccess,
);

export interface CommandError {
  requestId: bigint;
  error: number;
  message: string;
}
export interface CommandErrorInit {
  requestId?: bigint | undefined;
  error?: number | undefined;
  message?: string | undefined;
}

function readCommandError(
  r: Reader,
  end: number,
  m: CommandError = {
    requestId: 0n,
    error: 0,
    message: "",
  },
): CommandError {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.requestId = r.uint64();
        break;
      case 16:
        m.error = r.int32();
        break;
      case 26:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeCommandError(w: Writer, m: CommandErrorInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.error;
  if (v1) {
    w.int32(v1);
    w.uint32(16);
  }
  const v2 = m.requestId;
  if (v2) {
    w.uint64(v2);
    w.uint32(8);
  }
}

export const CommandError = /* @__PURE__ */ new MessageCodec<CommandError, CommandErrorInit>(
  "pulsar.proto.CommandError",
  readCommandError,
  writeCommandError,
);

export interface CommandPing {}
export interface CommandPingInit {}

function readCommandPing(
  r: Reader,
  end: number,
  m: CommandPing = {},
): CommandPing {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeCommandPing(_w: Writer, _m: CommandPingInit): void {
}

export const CommandPing = /* @__PURE__ */ new MessageCodec<CommandPing, CommandPingInit>(
  "pulsar.proto.CommandPing",
  readCommandPing,
  writeCommandPing,
);

export interface CommandPong {}
export interface CommandPongInit {}

function readCommandPong(
  r: Reader,
  end: number,
  m: CommandPong = {},
): CommandPong {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeCommandPong(_w: Writer, _m: CommandPongInit): void {
}

export const CommandPong = /* @__PURE__ */ new MessageCodec<CommandPong, CommandPongInit>(
  "pulsar.proto.CommandPong",
  readCommandPong,
  writeCommandPong,
);

export interface BaseCommand {
  /** The number of the member that is set. */
  type: number | undefined;
  connect: CommandConnect | undefined;
  connected: CommandConnected | undefined;
  subscribe: CommandSubscribe | undefined;
  producer: CommandProducer | undefined;
  send: CommandSend | undefined;
  sendReceipt: CommandSendReceipt | undefined;
  sendError: CommandSendError | undefined;
  message: CommandMessage | undefined;
  ack: CommandAck | undefined;
  flow: CommandFlow | undefined;
  success: CommandSuccess | undefined;
  error: CommandError | undefined;
  closeProducer: CommandCloseProducer | undefined;
  closeConsumer: CommandCloseConsumer | undefined;
  producerSuccess: CommandProducerSuccess | undefined;
  ping: CommandPing | undefined;
  pong: CommandPong | undefined;
  redeliverUnacknowledgedMessages: CommandRedeliverUnacknowledgedMessages | undefined;
  partitionMetadata: CommandPartitionedTopicMetadata | undefined;
  partitionMetadataResponse: CommandPartitionedTopicMetadataResponse | undefined;
  lookupTopic: CommandLookupTopic | undefined;
  lookupTopicResponse: CommandLookupTopicResponse | undefined;
  reachedEndOfTopic: CommandReachedEndOfTopic | undefined;
  authChallenge: CommandAuthChallenge | undefined;
  authResponse: CommandAuthResponse | undefined;
}
export interface BaseCommandInit {
  type?: number | undefined;
  connect?: CommandConnectInit | undefined;
  connected?: CommandConnectedInit | undefined;
  subscribe?: CommandSubscribeInit | undefined;
  producer?: CommandProducerInit | undefined;
  send?: CommandSendInit | undefined;
  sendReceipt?: CommandSendReceiptInit | undefined;
  sendError?: CommandSendErrorInit | undefined;
  message?: CommandMessageInit | undefined;
  ack?: CommandAckInit | undefined;
  flow?: CommandFlowInit | undefined;
  success?: CommandSuccessInit | undefined;
  error?: CommandErrorInit | undefined;
  closeProducer?: CommandCloseProducerInit | undefined;
  closeConsumer?: CommandCloseConsumerInit | undefined;
  producerSuccess?: CommandProducerSuccessInit | undefined;
  ping?: CommandPingInit | undefined;
  pong?: CommandPongInit | undefined;
  redeliverUnacknowledgedMessages?: CommandRedeliverUnacknowledgedMessagesInit | undefined;
  partitionMetadata?: CommandPartitionedTopicMetadataInit | undefined;
  partitionMetadataResponse?: CommandPartitionedTopicMetadataResponseInit | undefined;
  lookupTopic?: CommandLookupTopicInit | undefined;
  lookupTopicResponse?: CommandLookupTopicResponseInit | undefined;
  reachedEndOfTopic?: CommandReachedEndOfTopicInit | undefined;
  authChallenge?: CommandAuthChallengeInit | undefined;
  authResponse?: CommandAuthResponseInit | undefined;
}

function readBaseCommand(
  r: Reader,
  end: number,
  m: BaseCommand = {
    type: undefined,
    connect: undefined,
    connected: undefined,
    subscribe: undefined,
    producer: undefined,
    send: undefined,
    sendReceipt: undefined,
    sendError: undefined,
    message: undefined,
    ack: undefined,
    flow: undefined,
    success: undefined,
    error: undefined,
    closeProducer: undefined,
    closeConsumer: undefined,
    producerSuccess: undefined,
    ping: undefined,
    pong: undefined,
    redeliverUnacknowledgedMessages: undefined,
    partitionMetadata: undefined,
    partitionMetadataResponse: undefined,
    lookupTopic: undefined,
    lookupTopicResponse: undefined,
    reachedEndOfTopic: undefined,
    authChallenge: undefined,
    authResponse: undefined,
  },
): BaseCommand {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.type = r.int32();
        break;
      case 18: {
        const e = r.enter();
        m.connect = readCommandConnect(r, e, m.connect);
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.connected = readCommandConnected(r, e, m.connected);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.subscribe = readCommandSubscribe(r, e, m.subscribe);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.producer = readCommandProducer(r, e, m.producer);
        r.leave(e);
        break;
      }
      case 50: {
        const e = r.enter();
        m.send = readCommandSend(r, e, m.send);
        r.leave(e);
        break;
      }
      case 58: {
        const e = r.enter();
        m.sendReceipt = readCommandSendReceipt(r, e, m.sendReceipt);
        r.leave(e);
        break;
      }
      case 66: {
        const e = r.enter();
        m.sendError = readCommandSendError(r, e, m.sendError);
        r.leave(e);
        break;
      }
      case 74: {
        const e = r.enter();
        m.message = readCommandMessage(r, e, m.message);
        r.leave(e);
        break;
      }
      case 82: {
        const e = r.enter();
        m.ack = readCommandAck(r, e, m.ack);
        r.leave(e);
        break;
      }
      case 90: {
        const e = r.enter();
        m.flow = readCommandFlow(r, e, m.flow);
        r.leave(e);
        break;
      }
      case 106: {
        const e = r.enter();
        m.success = readCommandSuccess(r, e, m.success);
        r.leave(e);
        break;
      }
      case 114: {
        const e = r.enter();
        m.error = readCommandError(r, e, m.error);
        r.leave(e);
        break;
      }
      case 122: {
        const e = r.enter();
        m.closeProducer = readCommandCloseProducer(r, e, m.closeProducer);
        r.leave(e);
        break;
      }
      case 130: {
        const e = r.enter();
        m.closeConsumer = readCommandCloseConsumer(r, e, m.closeConsumer);
        r.leave(e);
        break;
      }
      case 138: {
        const e = r.enter();
        m.producerSuccess = readCommandProducerSuccess(r, e, m.producerSuccess);
        r.leave(e);
        break;
      }
      case 146: {
        const e = r.enter();
        m.ping = readCommandPing(r, e, m.ping);
        r.leave(e);
        break;
      }
      case 154: {
        const e = r.enter();
        m.pong = readCommandPong(r, e, m.pong);
        r.leave(e);
        break;
      }
      case 162: {
        const e = r.enter();
        m.redeliverUnacknowledgedMessages = readCommandRedeliverUnacknowledgedMessages(r, e, m.redeliverUnacknowledgedMessages);
        r.leave(e);
        break;
      }
      case 170: {
        const e = r.enter();
        m.partitionMetadata = readCommandPartitionedTopicMetadata(r, e, m.partitionMetadata);
        r.leave(e);
        break;
      }
      case 178: {
        const e = r.enter();
        m.partitionMetadataResponse = readCommandPartitionedTopicMetadataResponse(r, e, m.partitionMetadataResponse);
        r.leave(e);
        break;
      }
      case 186: {
        const e = r.enter();
        m.lookupTopic = readCommandLookupTopic(r, e, m.lookupTopic);
        r.leave(e);
        break;
      }
      case 194: {
        const e = r.enter();
        m.lookupTopicResponse = readCommandLookupTopicResponse(r, e, m.lookupTopicResponse);
        r.leave(e);
        break;
      }
      case 218: {
        const e = r.enter();
        m.reachedEndOfTopic = readCommandReachedEndOfTopic(r, e, m.reachedEndOfTopic);
        r.leave(e);
        break;
      }
      case 290: {
        const e = r.enter();
        m.authChallenge = readCommandAuthChallenge(r, e, m.authChallenge);
        r.leave(e);
        break;
      }
      case 298: {
        const e = r.enter();
        m.authResponse = readCommandAuthResponse(r, e, m.authResponse);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBaseCommand(w: Writer, m: BaseCommandInit): void {
  const v0 = m.authResponse;
  if (v0 !== undefined) {
    const s = w.written;
    writeCommandAuthResponse(w, v0);
    w.delimit(s, 298);
  }
  const v1 = m.authChallenge;
  if (v1 !== undefined) {
    const s = w.written;
    writeCommandAuthChallenge(w, v1);
    w.delimit(s, 290);
  }
  const v2 = m.reachedEndOfTopic;
  if (v2 !== undefined) {
    const s = w.written;
    writeCommandReachedEndOfTopic(w, v2);
    w.delimit(s, 218);
  }
  const v3 = m.lookupTopicResponse;
  if (v3 !== undefined) {
    const s = w.written;
    writeCommandLookupTopicResponse(w, v3);
    w.delimit(s, 194);
  }
  const v4 = m.lookupTopic;
  if (v4 !== undefined) {
    const s = w.written;
    writeCommandLookupTopic(w, v4);
    w.delimit(s, 186);
  }
  const v5 = m.partitionMetadataResponse;
  if (v5 !== undefined) {
    const s = w.written;
    writeCommandPartitionedTopicMetadataResponse(w, v5);
    w.delimit(s, 178);
  }
  const v6 = m.partitionMetadata;
  if (v6 !== undefined) {
    const s = w.written;
    writeCommandPartitionedTopicMetadata(w, v6);
    w.delimit(s, 170);
  }
  const v7 = m.redeliverUnacknowledgedMessages;
  if (v7 !== undefined) {
    const s = w.written;
    writeCommandRedeliverUnacknowledgedMessages(w, v7);
    w.delimit(s, 162);
  }
  const v8 = m.pong;
  if (v8 !== undefined) {
    const s = w.written;
    writeCommandPong(w, v8);
    w.delimit(s, 154);
  }
  const v9 = m.ping;
  if (v9 !== undefined) {
    const s = w.written;
    writeCommandPing(w, v9);
    w.delimit(s, 146);
  }
  const v10 = m.producerSuccess;
  if (v10 !== undefined) {
    const s = w.written;
    writeCommandProducerSuccess(w, v10);
    w.delimit(s, 138);
  }
  const v11 = m.closeConsumer;
  if (v11 !== undefined) {
    const s = w.written;
    writeCommandCloseConsumer(w, v11);
    w.delimit(s, 130);
  }
  const v12 = m.closeProducer;
  if (v12 !== undefined) {
    const s = w.written;
    writeCommandCloseProducer(w, v12);
    w.delimit(s, 122);
  }
  const v13 = m.error;
  if (v13 !== undefined) {
    const s = w.written;
    writeCommandError(w, v13);
    w.delimit(s, 114);
  }
  const v14 = m.success;
  if (v14 !== undefined) {
    const s = w.written;
    writeCommandSuccess(w, v14);
    w.delimit(s, 106);
  }
  const v15 = m.flow;
  if (v15 !== undefined) {
    const s = w.written;
    writeCommandFlow(w, v15);
    w.delimit(s, 90);
  }
  const v16 = m.ack;
  if (v16 !== undefined) {
    const s = w.written;
    writeCommandAck(w, v16);
    w.delimit(s, 82);
  }
  const v17 = m.message;
  if (v17 !== undefined) {
    const s = w.written;
    writeCommandMessage(w, v17);
    w.delimit(s, 74);
  }
  const v18 = m.sendError;
  if (v18 !== undefined) {
    const s = w.written;
    writeCommandSendError(w, v18);
    w.delimit(s, 66);
  }
  const v19 = m.sendReceipt;
  if (v19 !== undefined) {
    const s = w.written;
    writeCommandSendReceipt(w, v19);
    w.delimit(s, 58);
  }
  const v20 = m.send;
  if (v20 !== undefined) {
    const s = w.written;
    writeCommandSend(w, v20);
    w.delimit(s, 50);
  }
  const v21 = m.producer;
  if (v21 !== undefined) {
    const s = w.written;
    writeCommandProducer(w, v21);
    w.delimit(s, 42);
  }
  const v22 = m.subscribe;
  if (v22 !== undefined) {
    const s = w.written;
    writeCommandSubscribe(w, v22);
    w.delimit(s, 34);
  }
  const v23 = m.connected;
  if (v23 !== undefined) {
    const s = w.written;
    writeCommandConnected(w, v23);
    w.delimit(s, 26);
  }
  const v24 = m.connect;
  if (v24 !== undefined) {
    const s = w.written;
    writeCommandConnect(w, v24);
    w.delimit(s, 18);
  }
  const v25 = m.type;
  if (v25 !== undefined) {
    w.int32(v25);
    w.uint32(8);
  }
}

export const BaseCommand = /* @__PURE__ */ new MessageCodec<BaseCommand, BaseCommandInit>(
  "pulsar.proto.BaseCommand",
  readBaseCommand,
  writeBaseCommand,
);
