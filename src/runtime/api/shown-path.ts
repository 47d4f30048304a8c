/**
 * Paths as the log, metrics and spans show them.
 * @see spec 08 §8.2, §9.3, §10.3
 */
import { decodePath } from "../../kit/http/url.ts";

/** With its escapes read. @param path cleaned and still escaped */
export const shownPath = (path: string): string => decodePath(path) ?? path;
