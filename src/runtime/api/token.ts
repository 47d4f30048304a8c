/**
 * The API token: compared in constant time, whatever its length.
 * @see spec 01 §2.6
 */
import { createHash, timingSafeEqual } from "node:crypto";

export type CheckToken = (presented: string) => boolean;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

export function tokenCheck(token: string): CheckToken {
  const expected = digest(token);
  return (presented) => timingSafeEqual(digest(presented), expected);
}
