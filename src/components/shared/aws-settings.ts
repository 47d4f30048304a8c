/** Who calls AWS, and where. */
import type { PropertySchema } from "../contract.ts";
import type { AwsCredentials } from "./aws-signature.ts";
import type { Properties } from "./properties.ts";

export const awsProperties: readonly PropertySchema[] = [
  {
    name: "region",
    aliases: ["awsRegion"],
    kind: "string",
    description: "Region; else `AWS_REGION`, else `AWS_DEFAULT_REGION`.",
  },
  {
    name: "accessKey",
    aliases: ["awsAccessKey"],
    kind: "string",
    description: "Id of the access key; without one `AWS_ACCESS_KEY_ID` and its companions.",
  },
  {
    name: "secretKey",
    aliases: ["awsSecretKey"],
    kind: "secret",
    description: "The access key itself.",
  },
  {
    name: "sessionToken",
    aliases: ["awsSessionToken"],
    kind: "secret",
    description: "For keys that are given for a time.",
  },
  { name: "assumeRoleArn", kind: "string", description: "Not supported: the start fails." },
  { name: "trustAnchorArn", kind: "string", description: "Not supported: the start fails." },
  { name: "trustProfileArn", kind: "string", description: "Not supported: the start fails." },
];

export interface AwsSettings {
  readonly region: string;
  readonly credentials: AwsCredentials;
}

/** @throws {Error} nothing says where or who */
export function readAwsSettings(values: Properties, env: ReadonlyMap<string, string>): AwsSettings {
  for (const name of ["assumeRoleArn", "trustAnchorArn", "trustProfileArn"]) {
    if (values.text(name) !== "") throw new Error(`${name} is not supported`);
  }
  const region =
    values.text("region") || env.get("AWS_REGION") || env.get("AWS_DEFAULT_REGION") || "";
  if (region === "") throw new Error("region is required");
  return { region, credentials: readCredentials(values, env) };
}

function readCredentials(values: Properties, env: ReadonlyMap<string, string>): AwsCredentials {
  const accessKey = values.text("accessKey").trim();
  if (accessKey !== "") {
    return {
      accessKey,
      secretKey: values.text("secretKey").trim(),
      sessionToken: values.text("sessionToken").trim(),
    };
  }
  const fromEnvironment = {
    accessKey: env.get("AWS_ACCESS_KEY_ID") ?? "",
    secretKey: env.get("AWS_SECRET_ACCESS_KEY") ?? "",
    sessionToken: env.get("AWS_SESSION_TOKEN") ?? "",
  };
  if (fromEnvironment.accessKey !== "") return fromEnvironment;
  throw new Error(
    "no credentials: set accessKey and secretKey, or AWS_ACCESS_KEY_ID and its companions",
  );
}
