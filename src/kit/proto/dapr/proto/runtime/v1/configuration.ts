// Generated from proto/dapr/proto/runtime/v1/configuration.proto by tools/generate-proto.ts. Do not edit.
import { ConfigurationItem, type ConfigurationItemInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** Some keys, or all of them. */
export interface GetConfigurationRequest {
  storeName: string;
  keys: string[];
  metadata: Map<string, string>;
}
export interface GetConfigurationRequestInit {
  storeName?: string | undefined;
  keys?: readonly string[] | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readGetConfigurationRequest(
  r: Reader,
  end: number,
  m: GetConfigurationRequest = {
    storeName: "",
    keys: [],
    metadata: new Map(),
  },
): GetConfigurationRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.keys.push(r.string());
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetConfigurationRequest(w: Writer, m: GetConfigurationRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.keys;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      w.string(v1[i]!);
      w.uint32(18);
    }
  }
  const v2 = m.storeName;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const GetConfigurationRequest = /* @__PURE__ */ new MessageCodec<GetConfigurationRequest, GetConfigurationRequestInit>(
  "dapr.proto.runtime.v1.GetConfigurationRequest",
  readGetConfigurationRequest,
  writeGetConfigurationRequest,
);

export interface GetConfigurationResponse {
  items: Map<string, ConfigurationItem>;
}
export interface GetConfigurationResponseInit {
  items?: ReadonlyMap<string, ConfigurationItemInit> | undefined;
}

function readGetConfigurationResponse(
  r: Reader,
  end: number,
  m: GetConfigurationResponse = {
    items: new Map(),
  },
): GetConfigurationResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        let k: string = "";
        let v: ConfigurationItem | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = ConfigurationItem.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.items.set(k, v ?? ConfigurationItem.read(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeGetConfigurationResponse(w: Writer, m: GetConfigurationResponseInit): void {
  const v0 = m.items;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      ConfigurationItem.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 10);
    }
  }
}

export const GetConfigurationResponse = /* @__PURE__ */ new MessageCodec<GetConfigurationResponse, GetConfigurationResponseInit>(
  "dapr.proto.runtime.v1.GetConfigurationResponse",
  readGetConfigurationResponse,
  writeGetConfigurationResponse,
);

/** Asks for changes of some keys, or of all. */
export interface SubscribeConfigurationRequest {
  storeName: string;
  keys: string[];
  metadata: Map<string, string>;
}
export interface SubscribeConfigurationRequestInit {
  storeName?: string | undefined;
  keys?: readonly string[] | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readSubscribeConfigurationRequest(
  r: Reader,
  end: number,
  m: SubscribeConfigurationRequest = {
    storeName: "",
    keys: [],
    metadata: new Map(),
  },
): SubscribeConfigurationRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.keys.push(r.string());
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeConfigurationRequest(w: Writer, m: SubscribeConfigurationRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.keys;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      w.string(v1[i]!);
      w.uint32(18);
    }
  }
  const v2 = m.storeName;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const SubscribeConfigurationRequest = /* @__PURE__ */ new MessageCodec<SubscribeConfigurationRequest, SubscribeConfigurationRequestInit>(
  "dapr.proto.runtime.v1.SubscribeConfigurationRequest",
  readSubscribeConfigurationRequest,
  writeSubscribeConfigurationRequest,
);

/** Ends a subscription by its id. */
export interface UnsubscribeConfigurationRequest {
  storeName: string;
  id: string;
}
export interface UnsubscribeConfigurationRequestInit {
  storeName?: string | undefined;
  id?: string | undefined;
}

function readUnsubscribeConfigurationRequest(
  r: Reader,
  end: number,
  m: UnsubscribeConfigurationRequest = {
    storeName: "",
    id: "",
  },
): UnsubscribeConfigurationRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18:
        m.id = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnsubscribeConfigurationRequest(w: Writer, m: UnsubscribeConfigurationRequestInit): void {
  const v0 = m.id;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.storeName;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const UnsubscribeConfigurationRequest = /* @__PURE__ */ new MessageCodec<UnsubscribeConfigurationRequest, UnsubscribeConfigurationRequestInit>(
  "dapr.proto.runtime.v1.UnsubscribeConfigurationRequest",
  readUnsubscribeConfigurationRequest,
  writeUnsubscribeConfigurationRequest,
);

/** The first one has the id of the subscription, the others have changes. */
export interface SubscribeConfigurationResponse {
  id: string;
  items: Map<string, ConfigurationItem>;
}
export interface SubscribeConfigurationResponseInit {
  id?: string | undefined;
  items?: ReadonlyMap<string, ConfigurationItemInit> | undefined;
}

function readSubscribeConfigurationResponse(
  r: Reader,
  end: number,
  m: SubscribeConfigurationResponse = {
    id: "",
    items: new Map(),
  },
): SubscribeConfigurationResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18: {
        const e = r.enter();
        let k: string = "";
        let v: ConfigurationItem | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = ConfigurationItem.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.items.set(k, v ?? ConfigurationItem.read(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeConfigurationResponse(w: Writer, m: SubscribeConfigurationResponseInit): void {
  const v0 = m.items;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      ConfigurationItem.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 18);
    }
  }
  const v1 = m.id;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const SubscribeConfigurationResponse = /* @__PURE__ */ new MessageCodec<SubscribeConfigurationResponse, SubscribeConfigurationResponseInit>(
  "dapr.proto.runtime.v1.SubscribeConfigurationResponse",
  readSubscribeConfigurationResponse,
  writeSubscribeConfigurationResponse,
);

export interface UnsubscribeConfigurationResponse {
  ok: boolean;
  message: string;
}
export interface UnsubscribeConfigurationResponseInit {
  ok?: boolean | undefined;
  message?: string | undefined;
}

function readUnsubscribeConfigurationResponse(
  r: Reader,
  end: number,
  m: UnsubscribeConfigurationResponse = {
    ok: false,
    message: "",
  },
): UnsubscribeConfigurationResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.ok = r.bool();
        break;
      case 18:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeUnsubscribeConfigurationResponse(w: Writer, m: UnsubscribeConfigurationResponseInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.ok;
  if (v1) {
    w.bool(v1);
    w.uint32(8);
  }
}

export const UnsubscribeConfigurationResponse = /* @__PURE__ */ new MessageCodec<UnsubscribeConfigurationResponse, UnsubscribeConfigurationResponseInit>(
  "dapr.proto.runtime.v1.UnsubscribeConfigurationResponse",
  readUnsubscribeConfigurationResponse,
  writeUnsubscribeConfigurationResponse,
);
