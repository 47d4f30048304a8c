/** What the loaders of workflow resources refuse; what those say is looked at later. */
import type { YamlMap } from "../../kit/resources/yaml.ts";
import { decodeAccessPolicy } from "./access-policy-document.ts";
import { DocumentError } from "./documents.ts";
import { validateMcpServer } from "./mcp-server-document.ts";

export type WorkflowKind = "WorkflowAccessPolicy" | "MCPServer";

/** @throws {DocumentError} a member is of another type than the schema says */
export function checkWorkflowTypes(kind: WorkflowKind, document: YamlMap): void {
  try {
    if (kind === "MCPServer") validateMcpServer(document);
    else decodeAccessPolicy(document);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
  }
}
