// Generated from proto/attestation.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../wire.ts";

/** How a workflow ended. */
export const TerminalStatus = {
  TERMINAL_STATUS_UNSPECIFIED: 0,
  TERMINAL_STATUS_COMPLETED: 1,
  TERMINAL_STATUS_FAILED: 2,
} as const;
export type TerminalStatus = number;

/** How an activity ended. */
export const ActivityTerminalStatus = {
  ACTIVITY_TERMINAL_STATUS_UNSPECIFIED: 0,
  ACTIVITY_TERMINAL_STATUS_COMPLETED: 1,
  ACTIVITY_TERMINAL_STATUS_FAILED: 2,
} as const;
export type ActivityTerminalStatus = number;

/** What the signer of a child workflow vouches for. */
export interface ChildCompletionAttestationPayload {
  parentInstanceId: string;
  parentTaskScheduledId: number;
  ioDigest: Buffer;
  signerCertDigest: Buffer;
  terminalStatus: TerminalStatus;
  canonicalSpecVersion: number;
}
export interface ChildCompletionAttestationPayloadInit {
  parentInstanceId?: string | undefined;
  parentTaskScheduledId?: number | undefined;
  ioDigest?: Uint8Array | undefined;
  signerCertDigest?: Uint8Array | undefined;
  terminalStatus?: TerminalStatus | undefined;
  canonicalSpecVersion?: number | undefined;
}

function readChildCompletionAttestationPayload(
  r: Reader,
  end: number,
  m: ChildCompletionAttestationPayload = {
    parentInstanceId: "",
    parentTaskScheduledId: 0,
    ioDigest: noBytes,
    signerCertDigest: noBytes,
    terminalStatus: 0,
    canonicalSpecVersion: 0,
  },
): ChildCompletionAttestationPayload {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.parentInstanceId = r.string();
        break;
      case 16:
        m.parentTaskScheduledId = r.int32();
        break;
      case 26:
        m.ioDigest = r.bytes();
        break;
      case 34:
        m.signerCertDigest = r.bytes();
        break;
      case 40:
        m.terminalStatus = r.int32();
        break;
      case 48:
        m.canonicalSpecVersion = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeChildCompletionAttestationPayload(w: Writer, m: ChildCompletionAttestationPayloadInit): void {
  const v0 = m.canonicalSpecVersion;
  if (v0) {
    w.uint32(v0 >>> 0);
    w.uint32(48);
  }
  const v1 = m.terminalStatus;
  if (v1) {
    w.int32(v1);
    w.uint32(40);
  }
  const v2 = m.signerCertDigest;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(34);
  }
  const v3 = m.ioDigest;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(26);
  }
  const v4 = m.parentTaskScheduledId;
  if (v4) {
    w.int32(v4);
    w.uint32(16);
  }
  const v5 = m.parentInstanceId;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const ChildCompletionAttestationPayload = /* @__PURE__ */ new MessageCodec<ChildCompletionAttestationPayload, ChildCompletionAttestationPayloadInit>(
  "ChildCompletionAttestationPayload",
  readChildCompletionAttestationPayload,
  writeChildCompletionAttestationPayload,
);

/** A payload in its signed bytes, with the signature. */
export interface ChildCompletionAttestation {
  payload: Buffer;
  signature: Buffer;
}
export interface ChildCompletionAttestationInit {
  payload?: Uint8Array | undefined;
  signature?: Uint8Array | undefined;
}

function readChildCompletionAttestation(
  r: Reader,
  end: number,
  m: ChildCompletionAttestation = {
    payload: noBytes,
    signature: noBytes,
  },
): ChildCompletionAttestation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.payload = r.bytes();
        break;
      case 18:
        m.signature = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeChildCompletionAttestation(w: Writer, m: ChildCompletionAttestationInit): void {
  const v0 = m.signature;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.payload;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const ChildCompletionAttestation = /* @__PURE__ */ new MessageCodec<ChildCompletionAttestation, ChildCompletionAttestationInit>(
  "ChildCompletionAttestation",
  readChildCompletionAttestation,
  writeChildCompletionAttestation,
);

/** What the signer of an activity vouches for. */
export interface ActivityCompletionAttestationPayload {
  parentInstanceId: string;
  parentTaskScheduledId: number;
  activityName: string;
  ioDigest: Buffer;
  signerCertDigest: Buffer;
  terminalStatus: ActivityTerminalStatus;
  canonicalSpecVersion: number;
}
export interface ActivityCompletionAttestationPayloadInit {
  parentInstanceId?: string | undefined;
  parentTaskScheduledId?: number | undefined;
  activityName?: string | undefined;
  ioDigest?: Uint8Array | undefined;
  signerCertDigest?: Uint8Array | undefined;
  terminalStatus?: ActivityTerminalStatus | undefined;
  canonicalSpecVersion?: number | undefined;
}

function readActivityCompletionAttestationPayload(
  r: Reader,
  end: number,
  m: ActivityCompletionAttestationPayload = {
    parentInstanceId: "",
    parentTaskScheduledId: 0,
    activityName: "",
    ioDigest: noBytes,
    signerCertDigest: noBytes,
    terminalStatus: 0,
    canonicalSpecVersion: 0,
  },
): ActivityCompletionAttestationPayload {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.parentInstanceId = r.string();
        break;
      case 16:
        m.parentTaskScheduledId = r.int32();
        break;
      case 26:
        m.activityName = r.string();
        break;
      case 34:
        m.ioDigest = r.bytes();
        break;
      case 42:
        m.signerCertDigest = r.bytes();
        break;
      case 48:
        m.terminalStatus = r.int32();
        break;
      case 56:
        m.canonicalSpecVersion = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActivityCompletionAttestationPayload(w: Writer, m: ActivityCompletionAttestationPayloadInit): void {
  const v0 = m.canonicalSpecVersion;
  if (v0) {
    w.uint32(v0 >>> 0);
    w.uint32(56);
  }
  const v1 = m.terminalStatus;
  if (v1) {
    w.int32(v1);
    w.uint32(48);
  }
  const v2 = m.signerCertDigest;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(42);
  }
  const v3 = m.ioDigest;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(34);
  }
  const v4 = m.activityName;
  if (v4) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.parentTaskScheduledId;
  if (v5) {
    w.int32(v5);
    w.uint32(16);
  }
  const v6 = m.parentInstanceId;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const ActivityCompletionAttestationPayload = /* @__PURE__ */ new MessageCodec<ActivityCompletionAttestationPayload, ActivityCompletionAttestationPayloadInit>(
  "ActivityCompletionAttestationPayload",
  readActivityCompletionAttestationPayload,
  writeActivityCompletionAttestationPayload,
);

/** A payload in its signed bytes, with the signature. */
export interface ActivityCompletionAttestation {
  payload: Buffer;
  signature: Buffer;
}
export interface ActivityCompletionAttestationInit {
  payload?: Uint8Array | undefined;
  signature?: Uint8Array | undefined;
}

function readActivityCompletionAttestation(
  r: Reader,
  end: number,
  m: ActivityCompletionAttestation = {
    payload: noBytes,
    signature: noBytes,
  },
): ActivityCompletionAttestation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.payload = r.bytes();
        break;
      case 18:
        m.signature = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActivityCompletionAttestation(w: Writer, m: ActivityCompletionAttestationInit): void {
  const v0 = m.signature;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.payload;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const ActivityCompletionAttestation = /* @__PURE__ */ new MessageCodec<ActivityCompletionAttestation, ActivityCompletionAttestationInit>(
  "ActivityCompletionAttestation",
  readActivityCompletionAttestation,
  writeActivityCompletionAttestation,
);

/** The certificate chain of a signer from elsewhere, kept with the history that it signed. */
export interface ExternalSigningCertificate {
  digest: Buffer;
  certificate: Buffer;
}
export interface ExternalSigningCertificateInit {
  digest?: Uint8Array | undefined;
  certificate?: Uint8Array | undefined;
}

function readExternalSigningCertificate(
  r: Reader,
  end: number,
  m: ExternalSigningCertificate = {
    digest: noBytes,
    certificate: noBytes,
  },
): ExternalSigningCertificate {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.digest = r.bytes();
        break;
      case 18:
        m.certificate = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExternalSigningCertificate(w: Writer, m: ExternalSigningCertificateInit): void {
  const v0 = m.certificate;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.digest;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const ExternalSigningCertificate = /* @__PURE__ */ new MessageCodec<ExternalSigningCertificate, ExternalSigningCertificateInit>(
  "ExternalSigningCertificate",
  readExternalSigningCertificate,
  writeExternalSigningCertificate,
);
