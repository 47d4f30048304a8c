import { decodePath } from "../../kit/http/url.ts";

/**
 * A path as the log, metrics and spans show it: with its escapes read.
 * @param path cleaned and still escaped
 * @see spec 08 §8.2, §9.3, §10.3
 */
export const shownPath = (path: string): string => decodePath(path) ?? path;
