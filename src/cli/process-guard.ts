/**
 * Ends the process groups of apps when this process is gone without having done it, even by SIGKILL.
 *
 * A small shell waits in a session of its own and is told of groups through a pipe. The pipe ends with this process,
 * however that ends; then the shell sends SIGTERM to what is left, and SIGKILL after five seconds.
 */
import { type ChildProcess, spawn } from "node:child_process";

const script = `trap '' HUP INT TERM
groups=
while read -r word; do
  case $word in
    +*) groups="$groups \${word#+}" ;;
    -*)
      left=
      for group in $groups; do [ "$group" = "\${word#-}" ] || left="$left $group"; done
      groups=$left ;;
  esac
done
for group in $groups; do kill -s TERM -- "-$group"; done
tries=0
while [ $tries -lt 50 ]; do
  alive=
  for group in $groups; do kill -s 0 -- "-$group" && alive=yes; done
  [ -z "$alive" ] && exit 0
  sleep 0.1
  tries=$((tries + 1))
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

export class ProcessGuard implements Disposable {
  #shell: ChildProcess | undefined;

  constructor() {
    const shell = spawn("/bin/sh", ["-c", script], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    // Without a shell, or once somebody has ended it, there is no guard.
    shell.on("error", () => {
      this.#shell = undefined;
    });
    shell.stdin?.on("error", () => {});
    shell.unref();
    this.#shell = shell;
  }

  watch(group: number): void {
    this.#shell?.stdin?.write(`+${group}\n`);
  }

  /** The group has ended; its number may soon be another's. */
  forget(group: number): void {
    this.#shell?.stdin?.write(`-${group}\n`);
  }

  /** The groups it still knows are ended. */
  [Symbol.dispose](): void {
    this.#shell?.stdin?.end();
  }
}
