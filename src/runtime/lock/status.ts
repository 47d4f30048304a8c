/** UnlockResponse.Status: a number over both protocols. */
import type { UnlockResult } from "../../components/lock/contract.ts";

const statuses = { unlocked: 0, "not-locked": 1, "owned-by-others": 2 } as const;

export const unlockStatus = (result: UnlockResult): 0 | 1 | 2 => statuses[result];
