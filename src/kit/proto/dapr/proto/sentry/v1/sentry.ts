// Generated from proto/dapr/proto/sentry/v1/sentry.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../../../../wire.ts";
import { StringValue, type StringValueInit } from "../../../../google/protobuf/wrappers.ts";
import { Timestamp, type TimestampInit } from "../../../../google/protobuf/timestamp.ts";

/** Served by sentry. */
export const CAService = {
  name: "dapr.proto.sentry.v1.CA",
  methods: {
    signCertificate: {
      path: "/dapr.proto.sentry.v1.CA/SignCertificate",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** A CSR, with a token that proves who asks. */
export interface SignCertificateRequest {
  id: string;
  token: string;
  trustDomain: string;
  namespace: string;
  certificateSigningRequest: Buffer;
  tokenValidator: SignCertificateRequest_TokenValidator;
  jwtAudiences: string[];
}
export interface SignCertificateRequestInit {
  id?: string | undefined;
  token?: string | undefined;
  trustDomain?: string | undefined;
  namespace?: string | undefined;
  certificateSigningRequest?: Uint8Array | undefined;
  tokenValidator?: SignCertificateRequest_TokenValidator | undefined;
  jwtAudiences?: readonly string[] | undefined;
}

function readSignCertificateRequest(
  r: Reader,
  end: number,
  m: SignCertificateRequest = {
    id: "",
    token: "",
    trustDomain: "",
    namespace: "",
    certificateSigningRequest: noBytes,
    tokenValidator: 0,
    jwtAudiences: [],
  },
): SignCertificateRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.token = r.string();
        break;
      case 26:
        m.trustDomain = r.string();
        break;
      case 34:
        m.namespace = r.string();
        break;
      case 42:
        m.certificateSigningRequest = r.bytes();
        break;
      case 48:
        m.tokenValidator = r.int32();
        break;
      case 58:
        m.jwtAudiences.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSignCertificateRequest(w: Writer, m: SignCertificateRequestInit): void {
  const v0 = m.jwtAudiences;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(58);
    }
  }
  const v1 = m.tokenValidator;
  if (v1) {
    w.int32(v1);
    w.uint32(48);
  }
  const v2 = m.certificateSigningRequest;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(42);
  }
  const v3 = m.namespace;
  if (v3) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.trustDomain;
  if (v4) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.token;
  if (v5) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.id;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const SignCertificateRequest = /* @__PURE__ */ new MessageCodec<SignCertificateRequest, SignCertificateRequestInit>(
  "dapr.proto.sentry.v1.SignCertificateRequest",
  readSignCertificateRequest,
  writeSignCertificateRequest,
);

export const SignCertificateRequest_TokenValidator = {
  UNKNOWN: 0,
  INSECURE: 1,
  KUBERNETES: 2,
  JWKS: 3,
} as const;
export type SignCertificateRequest_TokenValidator = number;

/** The certificate with its issuers, and the roots to trust. */
export interface SignCertificateResponse {
  workloadCertificate: Buffer;
  trustChainCertificates: Buffer[];
  validUntil: Timestamp | undefined;
  jwt: StringValue | undefined;
  perAudienceJwts: Map<string, StringValue>;
}
export interface SignCertificateResponseInit {
  workloadCertificate?: Uint8Array | undefined;
  trustChainCertificates?: readonly Uint8Array[] | undefined;
  validUntil?: TimestampInit | undefined;
  jwt?: StringValueInit | undefined;
  perAudienceJwts?: ReadonlyMap<string, StringValueInit> | undefined;
}

function readSignCertificateResponse(
  r: Reader,
  end: number,
  m: SignCertificateResponse = {
    workloadCertificate: noBytes,
    trustChainCertificates: [],
    validUntil: undefined,
    jwt: undefined,
    perAudienceJwts: new Map(),
  },
): SignCertificateResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.workloadCertificate = r.bytes();
        break;
      case 18:
        m.trustChainCertificates.push(r.bytes());
        break;
      case 26: {
        const e = r.enter();
        m.validUntil = Timestamp.read(r, e, m.validUntil);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.jwt = StringValue.read(r, e, m.jwt);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        let k: string = "";
        let v: StringValue | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = StringValue.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.perAudienceJwts.set(k, v ?? StringValue.read(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSignCertificateResponse(w: Writer, m: SignCertificateResponseInit): void {
  const v0 = m.perAudienceJwts;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      StringValue.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 42);
    }
  }
  const v1 = m.jwt;
  if (v1 !== undefined) {
    const s = w.written;
    StringValue.write(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.validUntil;
  if (v2 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.trustChainCertificates;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      w.bytes(v3[i]!);
      w.uint32(18);
    }
  }
  const v4 = m.workloadCertificate;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(10);
  }
}

export const SignCertificateResponse = /* @__PURE__ */ new MessageCodec<SignCertificateResponse, SignCertificateResponseInit>(
  "dapr.proto.sentry.v1.SignCertificateResponse",
  readSignCertificateResponse,
  writeSignCertificateResponse,
);
