/** Names and filters of MQTT topics. */
import { quote } from "../../kit/errors/quote.ts";

/** `$share/<group>/<filter>` matches what its filter does. */
export function matchesFilter(filter: string, topic: string): boolean {
  const plain = /^\$share\/[^/]+\/(.*)$/s.exec(filter)?.[1] ?? filter;
  // Topics of the broker itself are not meant by wildcards at the start.
  if (topic.startsWith("$") && /^[+#]/.test(plain)) return false;
  const wanted = plain.split("/");
  const levels = topic.split("/");
  for (const [i, level] of wanted.entries()) {
    if (level === "#") return true;
    if (i >= levels.length || (level !== "+" && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}

/** Longer ones do not fit in a packet. Bytes. */
const maxTopicBytes = 65_535;

/** A broker ends the connection that names another topic in a message. @throws {Error} `invalid topic ...` */
export function checkTopicName(topic: string): void {
  const isValid =
    topic !== "" && !/[+#\0]/.test(topic) && Buffer.byteLength(topic) <= maxTopicBytes;
  if (!isValid) throw new Error(`invalid topic ${quote(topic.slice(0, 100))}`);
}
