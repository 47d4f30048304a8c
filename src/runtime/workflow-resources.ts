/**
 * Resources that concern workflows: read, checked, and kept for those who run workflows.
 * @see spec 04 §3.4, §3.5, §7
 */
import { errorText } from "../kit/errors/api-error.ts";
import type { SidecarContext } from "./context.ts";
import type { SidecarOptions } from "./options.ts";
import { type AccessPolicyRule, decodeAccessPolicy } from "./resources/access-policy-document.ts";
import type { WorkflowResource } from "./resources/folder.ts";
import { shownName } from "./resources/folder.ts";
import {
  checkMcpSecurity,
  ignoresErrors,
  validateMcpServer,
} from "./resources/mcp-server-document.ts";

/** @returns the rules of those that are valid; undefined: there is none, and everything is allowed */
export function readAccessPolicies(
  resources: readonly WorkflowResource[],
  { logging }: SidecarContext,
): readonly AccessPolicyRule[] | undefined {
  const logger = logging.logger("dapr.runtime");
  const rules: AccessPolicyRule[] = [];
  let count = 0;
  for (const { name, document } of resources) {
    try {
      rules.push(...decodeAccessPolicy(document));
      count++;
    } catch (error) {
      logger.warn(
        `WorkflowAccessPolicy ${JSON.stringify(name)} failed validation, skipping: ${errorText(error)}`,
      );
    }
  }
  if (count === 0) return undefined;
  logger.info(`Loaded ${count} workflow access policy resource(s)`);
  return rules;
}

/**
 * Servers are checked, and not connected to: there are no workflows yet that could call their tools.
 * @throws {Error} one of them is not valid, and does not say `ignoreErrors`
 */
export function checkMcpServers(
  resources: readonly WorkflowResource[],
  { mode }: SidecarOptions,
  { logging }: SidecarContext,
): void {
  const logger = logging.logger("dapr.runtime.processor");
  for (const resource of resources) {
    const { name, document } = resource;
    if (name === "") continue;
    logger.info(`Found MCP server: ${name}`);
    const shown = JSON.stringify(name);
    try {
      attempt(`MCPServer ${shown} failed validation`, () => validateMcpServer(document));
      attempt(`MCPServer ${shown} failed security validation: MCPServer ${shown}`, () =>
        checkMcpSecurity(document, mode),
      );
    } catch (error) {
      if (!ignoresErrors(document)) {
        logger.warn(
          `Error processing MCPServer, daprd will exit gracefully: ${(error as Error).message}`,
        );
        throw error;
      }
      logger.error(`Ignoring error processing MCPServer: ${(error as Error).message}`);
      continue;
    }
    logger.warn(`MCPServer ${shownName(resource)} is not used: this sidecar runs no workflows`);
  }
}

function attempt(what: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new Error(`${what}: ${errorText(cause)}`, { cause });
  }
}
