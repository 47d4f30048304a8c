/**
 * Reads the Resiliency resources at start.
 * @see spec 02 §15.1, spec 04 §3.6
 */
import type { ResiliencyFile } from "../resources/folder.ts";
import { decodeResiliency, type ResiliencyDocument } from "./document.ts";
import { Resiliency, type ResiliencyOptions } from "./resiliency.ts";

/** @returns undefined: there is none, and nothing needs to ask for policies */
export async function loadResiliency(
  files: readonly ResiliencyFile[],
  options: ResiliencyOptions,
): Promise<Resiliency | undefined> {
  const { logger, appId } = options;
  const documents: ResiliencyDocument[] = [];
  for (const { file, document, error } of files) {
    if (document === undefined) {
      logger.error(`Could not determine resource type: ${error}`);
      continue;
    }
    try {
      documents.push(decodeResiliency(document));
    } catch (cause) {
      logger.error(`Could not parse resiliency file ${file}: ${(cause as Error).message}`);
    }
  }
  const own = documents.filter(({ scopes }) => scopes.length === 0 || scopes.includes(appId));
  if (own.length === 0) return undefined;
  const resiliency = new Resiliency(options);
  for (const document of own) await resiliency.add(document);
  return resiliency;
}
