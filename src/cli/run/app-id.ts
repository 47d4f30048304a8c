/** Names for apps that have none. */
import type { Random } from "../../kit/lifecycle/platform.ts";

const first =
  "amber brisk calm clever crimson dapper eager early gentle golden hidden honest jolly keen lively lucky mellow nimble noble quick quiet rapid silver sunny swift tidy violet warm wise witty".split(
    " ",
  );
const second =
  "badger beacon bison brook cedar comet dolphin ember falcon fjord forest harbor heron island lantern lynx maple meadow otter pebble pine raven reef river sparrow summit tiger valley walrus willow".split(
    " ",
  );

const attempts = 1000;

/** `<word>-<word>`, none of those in use. */
export function newAppId(random: Random, used: ReadonlySet<string>): string {
  const pick = (words: readonly string[]): string =>
    words[Math.floor(random.number() * words.length)] as string;
  for (let i = 0; i < attempts; i++) {
    const id = `${pick(first)}-${pick(second)}`;
    if (!used.has(id)) return id;
  }
  return `${pick(first)}-${pick(second)}-${Math.floor(random.number() * 1e9)}`;
}
