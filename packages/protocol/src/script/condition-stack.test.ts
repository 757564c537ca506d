import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { ConditionStack } from "./condition-stack.ts";

it("ConditionStack shows what a stack of booleans would", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("true", "false", "toggle", "pop")), (steps) => {
      const stack = new ConditionStack();
      const branches: boolean[] = [];
      for (const step of steps) {
        if (step === "true" || step === "false") {
          stack.push(step === "true");
          branches.push(step === "true");
        } else if (branches.length > 0) {
          if (step === "pop") stack.pop();
          else stack.toggle();
          const top = branches.pop() as boolean;
          if (step === "toggle") branches.push(!top);
        }
        assert.equal(stack.isEmpty, branches.length === 0);
        assert.equal(stack.allTrue, !branches.includes(false));
      }
    }),
  );
});
