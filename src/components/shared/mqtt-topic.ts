/** Names and filters of MQTT topics. */

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
