/** Writes the module that holds the descriptors of all files, for server reflection and the JSON codec. */
import { readFileSync } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import protobuf from "protobufjs";
import type { FileDescriptor } from "./descriptor.ts";

/** The descriptors of descriptors are not served. */
const descriptorFile = "google/protobuf/descriptor.proto";

/**
 * @param existing the module that is there; it is kept when it holds the same descriptors, because the output of zlib
 *   differs from one version to the next
 */
export function emitDescriptors(
  files: readonly FileDescriptor[],
  protoFolder: string,
  existing: string | undefined,
): string {
  const set = encodeSet(files, protoFolder);
  const old = existing === undefined ? undefined : /"([^"]*)";/.exec(existing)?.[1];
  if (existing !== undefined && old !== undefined && set.equals(inflate(old))) return existing;
  return [
    "// Generated from proto/ by tools/generate-proto.ts. Do not edit.",
    "/** A google.protobuf.FileDescriptorSet of all files, deflated, in base64. */",
    "export const descriptorSet =",
    `  "${deflateRawSync(set, { level: 9 }).toString("base64")}";`,
    "",
  ].join("\n");
}

function inflate(base64: string): Buffer {
  try {
    return inflateRawSync(Buffer.from(base64, "base64"));
  } catch {
    return Buffer.alloc(0);
  }
}

function encodeSet(files: readonly FileDescriptor[], protoFolder: string): Buffer {
  const root = new protobuf.Root();
  protobuf.parse(readFileSync(`${protoFolder}/${descriptorFile}`, "utf8"), root);
  const type = root.lookupType("google.protobuf.FileDescriptorSet");
  const served = files.filter((file) => file.name !== descriptorFile);
  return Buffer.from(type.encode(type.fromObject({ file: served })).finish());
}
