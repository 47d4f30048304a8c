import { expect, test } from "vitest";
import { internalPort } from "./internal-port.ts";

const platform = { cwd: "/home/user/app", uid: 1000, hostname: "laptop" };

test("the port follows from app, folder, user and host", () => {
  // sha256("app|/home/user/app|1000|laptop") starts with the bytes 7d 3e.
  expect(internalPort("app", platform)).toBe(47_300 + 0x3e7d);
  expect(internalPort("app2", platform)).not.toBe(internalPort("app", platform));
  expect(internalPort("app", { ...platform, uid: 0 })).not.toBe(internalPort("app", platform));
});

test("all ports are in the range", () => {
  for (let i = 0; i < 2000; i++) {
    const port = internalPort(`app-${i}`, platform);
    expect(port).toBeGreaterThanOrEqual(47_300);
    expect(port).toBeLessThan(65_535);
  }
});
